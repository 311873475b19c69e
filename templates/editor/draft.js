// A draft is shaped without this; with it, it is quicker: drag and keys, forms in place, hints while
// typing, and pages that stay open follow what others do. Beside desk.js, which sends the forms.

const bar = () => document.getElementById("bar");
const others = document.getElementById("others");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("digest-drafts") : null;

function tell(text) {
  if (!others) return;
  others.hidden = !text;
  others.textContent = text;
}

// Moving: Alt+arrow, and by hand.

document.addEventListener("keydown", (event) => {
  const entry = event.target.closest?.(".entry");
  if (!entry || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const button = document.getElementById(`${event.key === "ArrowUp" ? "up" : "down"}${entry.dataset.item}`);
  if (!button) return;
  event.preventDefault();
  if (button.disabled) return;
  button.focus();
  button.click();
});

let dragged = null;

function over(element) {
  for (const each of document.querySelectorAll(".is-over")) each.classList.remove("is-over");
  element?.classList.add("is-over");
}

document.addEventListener("dragstart", (event) => {
  const entry = event.target.closest?.(".entry[draggable]");
  if (!entry) return;
  dragged = entry;
  entry.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", entry.dataset.item);
});

document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  const list = event.target.closest?.(".shelf")?.querySelector(".entries[data-theme]");
  if (!list) return over(null);
  event.preventDefault();
  const entry = event.target.closest(".entry");
  over(entry && entry.parentElement === list ? entry : list);
});

document.addEventListener("drop", (event) => {
  const place = document.querySelector(".is-over");
  const mover = document.getElementById("mover");
  if (!dragged || !place || !mover || place === dragged) return;
  event.preventDefault();
  const list = place.closest(".entries");
  const said = {
    item: dragged.dataset.item,
    before: place === list ? "" : place.dataset.item,
    theme: list.dataset.theme,
    from: dragged.closest(".entries").dataset.theme ?? "",
  };
  for (const [name, value] of Object.entries(said)) box(mover, name).value = value;
  mover.requestSubmit();
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  over(null);
});

let moved = "";

// Not form.elements.item: that is a method.
const box = (form, name) => form.querySelector(`[name="${name}"]`);

document.addEventListener("submit", (event) => {
  moved = box(event.target, "item")?.value || moved;
});

// The form of an item, in its place on the board.

// Nothing, where the desk cannot be reached.
const asked = (address, more) => fetch(address, { credentials: "same-origin", ...more }).catch(() => null);

async function open(link) {
  const answer = await asked(link.href);
  if (!answer?.ok) return void (location.href = link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place(link.dataset.open, page);
}

function place(id, page) {
  const entry = document.getElementById(id);
  const fresh = page.getElementById("editing");
  if (!entry || !fresh) return;
  entry.querySelector(".editing")?.remove();
  const form = document.importNode(fresh, true);
  form.removeAttribute("id");
  entry.draggable = false;
  entry.append(form);
  form.querySelector("input:not([type=hidden])").focus();
}

function close(editing) {
  const entry = editing.closest(".entry");
  editing.remove();
  if (!entry) return;
  entry.draggable = true;
  document.getElementById(`edit${entry.dataset.item}`)?.focus();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest?.("a[data-open], a[data-close]");
  if (!link) return;
  const editing = link.closest(".entry .editing");
  if (link.dataset.open) {
    event.preventDefault();
    const there = document.querySelector(`#${link.dataset.open} .editing`);
    if (there) close(there);
    else open(link);
  } else if (editing) {
    event.preventDefault();
    close(editing);
  }
});

document.addEventListener("keydown", (event) => {
  const editing = event.target.closest?.(".entry .editing");
  if (editing && event.key === "Escape") close(editing);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const entry = form.closest(".entry");
  if (!form.matches("[data-edit]") || !entry) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await asked(form.action, { method: "POST", body });
  if (!answer) return tell("The desk cannot be reached; your words are still here. Try again.");
  tell("");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.ok) {
    forget(form);
    form.closest(".editing").remove();
    follow(page);
    document.getElementById(`edit${entry.dataset.item}`)?.focus();
  } else if (page.getElementById("editing")) place(entry.id, page);
  else tell(page.querySelector(".problem")?.textContent ?? "That did not work; your words are still here.");
});

// What others do, and what is done in another window: shown at once; open forms stay open.

function follow(page) {
  const [open, focused] = [new Map(), document.activeElement?.id];
  for (const each of document.querySelectorAll(".entry > .editing")) open.set(each.parentElement.id, each);
  for (const id of ["board", "bar"]) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh) old.replaceWith(document.importNode(fresh, true));
  }
  for (const [id, editing] of open) document.getElementById(id)?.append(editing);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  const [said, news] = [document.getElementById("said"), page.getElementById("said")];
  if (said && news && !news.hidden) {
    said.hidden = false;
    said.textContent = news.textContent;
  }
  changed();
}

function changed() {
  channel?.postMessage(location.pathname);
  const entry = document.getElementById(`i${moved}`);
  entry?.classList.add("is-moved");
  // A button that is disabled now, at the end of its list, has lost the focus.
  if (entry && document.activeElement === document.body) {
    entry.querySelector(".icon:not([disabled])")?.focus();
  }
  moved = "";
}

document.addEventListener("desk:swapped", changed);

function look() {
  const frame = document.getElementById("look");
  if (frame) frame.src = frame.src;
}

const watched = () => bar()?.dataset.watch ?? document.getElementById("look")?.dataset.watch;
let known = bar() ? Number(bar().dataset.version) : null;
let stood = null;

async function watch() {
  const address = watched();
  if (!address || document.hidden) return;
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = await answer.json();
    if (stood && now.state !== stood) tell("This edition was approved, withdrawn or cancelled meanwhile. Load the page again to see how it stands.");
    stood = now.state;
    const here = bar() ? Number(bar().dataset.version) : known;
    if (here !== null && now.version !== here) {
      if (bar()) {
        const page = await (await fetch(location.href, { credentials: "same-origin" })).text();
        follow(new DOMParser().parseFromString(page, "text/html"));
      }
      look();
      if (!now.own) tell(`${now.by} changed this draft a moment ago; what you see is how it is now.`);
    }
    known = now.version;
  } catch {
    // The desk will be reached the next time, or the next act tells.
  }
}

setInterval(watch, 2000);
channel?.addEventListener("message", watch);

// Words that were typed but not sent survive a closed window, and a desk that did not take them.

const keep = (form) => `digest-${form.dataset.keep}`;
const boxes = (form) => [...form.querySelectorAll("textarea, input:not([type=hidden])")];

function forget(form) {
  if (form.dataset.keep) localStorage.removeItem(keep(form));
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.keep) {
    const words = boxes(form).map((box) => [box.name, box.value]);
    localStorage.setItem(keep(form), JSON.stringify(words));
  }
  if (event.target.dataset.lengths) measure(event.target);
});

// Whether they were taken is known when the next page says what was done.
const SENT = "digest-sent";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.keep && !form.closest(".entry")) sessionStorage.setItem(SENT, keep(form));
});

const sent = sessionStorage.getItem(SENT);
if (sent && document.getElementById("said")?.hidden === false) localStorage.removeItem(sent);
sessionStorage.removeItem(SENT);

for (const form of document.querySelectorAll("form[data-keep]")) {
  const words = JSON.parse(localStorage.getItem(keep(form)) ?? "[]");
  const kept = words.filter(([name, value]) => form.elements[name] && form.elements[name].value !== value);
  for (const [name, value] of kept) form.elements[name].value = value;
  const note = form.querySelector(".kept");
  if (kept.length && note) note.textContent = "Words that you had not saved are back.";
}

// Lengths of subject and preheader, while typing.

function measure(box) {
  const [short, phone, most] = box.dataset.lengths.split(" ").map(Number);
  const length = [...box.value.trim().replace(/\s+/g, " ")].length;
  const place = document.getElementById(`${box.id}-length`);
  const judged = !length
    ? ["empty", "Empty: the template writes one."]
    : length < short
      ? ["short", "There is room to say more."]
      : length <= phone
        ? ["good", "Fits on phones."]
        : length <= most
          ? ["long", `Phones cut it after about ${phone} characters.`]
          : ["cut", `Most mailboxes cut it after about ${most} characters.`];
  place.className = `length ${judged[0]}`;
  place.querySelector(".figures-in").textContent = length;
  place.querySelector(".advice").textContent = judged[1];
  place.querySelector(".meter span").style.width = `${Math.min(100, (100 * length) / most)}%`;
}

for (const box of document.querySelectorAll("[data-lengths]")) measure(box);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-fill]");
  if (!button) return;
  event.preventDefault();
  const box = document.getElementById(button.dataset.fill);
  box.value = button.dataset.text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});
