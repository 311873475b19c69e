// The desk works without this; with it, it is quicker. No library, no build step.
//
// What a page may use:
//   <form data-swap="ID ID">     is sent without leaving the page: the elements with these ids, and
//                                the note what was done, are taken from the page that answers.
//   <input data-send>            sends its form when its value changes.
//   <div id="ID" data-refresh>   is taken from the page again every few seconds, while it is looked at.
//   <time data-countdown>        counts down to its datetime.
//   <a data-key="s">             is followed by the keys g, s.
//   <... data-hotkey="j">        is clicked (a field: focused) by the key j.
// After a swap the event "desk:swapped" is dispatched on the document.

const KEYS_OFF = "desk-keys-off";
const REFRESH = 3000;
const root = document.documentElement;

function say(text) {
  const place = document.getElementById("said");
  place.hidden = !text;
  place.textContent = text;
}

// Forms that are sent without leaving the page.

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const address = (submitter && submitter.getAttribute("formaction")) || form.action;
  const headers = { "x-desk-swap": "1" };
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) {
      swap(page, form.dataset.swap.split(" "));
      say(page.getElementById("said")?.textContent ?? "");
    } else {
      say(page.querySelector(".problem")?.textContent ?? "That did not work; nothing was changed.");
    }
  } catch {
    say("The desk cannot be reached; nothing was changed. Try again.");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function swap(page, ids) {
  const focused = document.activeElement?.id;
  for (const id of ids) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh) old.replaceWith(document.importNode(fresh, true));
    else if (old) old.remove();
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  document.dispatchEvent(new CustomEvent("desk:swapped"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.swap || event.defaultPrevented) return;
  event.preventDefault();
  if (!form.hasAttribute("aria-busy")) send(form, event.submitter);
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-send]")) event.target.form.requestSubmit();
});

// What goes on by itself, such as a sending.

async function look() {
  const part = document.querySelector("[data-refresh]");
  if (!part || document.hidden) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.getElementById(part.id)) return;
    document.title = page.title;
    swap(page, [part.id]);
  } catch {
    // The desk is started anew, or the network is gone: it is asked again.
  }
}

setInterval(look, REFRESH);

// Countdowns.

function left(until) {
  const minutes = Math.floor((until - Date.now()) / 60000);
  if (minutes < 0) return "due now";
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

function count() {
  for (const each of document.querySelectorAll("time[data-countdown]")) {
    each.textContent = left(new Date(each.dateTime).getTime());
  }
}

count();
setInterval(count, 20000);

// Keys. Letters alone can be turned off on the help page (WCAG 2.1.4).

let gone = 0;

function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (localStorage.getItem(KEYS_OFF)) return;
  const key = CSS.escape(event.key);
  let found = null;
  if (Date.now() - gone < 1500) found = document.querySelector(`[data-key="${key}"]`);
  else if (event.key === "?") found = document.querySelector('[data-key="h"]');
  else if (event.key === "/") found = document.querySelector("[type=search]");
  else if (event.key !== "g") found = document.querySelector(`[data-hotkey="${key}"]`);
  gone = event.key === "g" ? Date.now() : 0;
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, select, textarea")) found.focus();
  else found.click();
});

const onOff = document.getElementById("keys-on");
if (onOff) {
  onOff.checked = !localStorage.getItem(KEYS_OFF);
  onOff.addEventListener("change", () => {
    if (onOff.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
}

root.classList.add("scripted");
