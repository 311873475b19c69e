// Proves work while somebody attacks a form: finds the number whose SHA-256, after the salt, is the
// one asked for (the protocol of ALTCHA). The only script of this site.
"use strict";

const place = document.querySelector("[data-proof]");
if (place) {
  prove(place, place.closest("form"));
}

async function prove(place, form) {
  const says = place.querySelector("[data-proof-says]");
  const button = form.querySelector("button[type=submit]");
  const task = JSON.parse(place.dataset.proof);
  if (!globalThis.crypto?.subtle) {
    says.textContent = "Your browser does so only over https.";
    return;
  }
  button.disabled = true;
  const number = await solution(task);
  button.disabled = false;
  if (number < 0) {
    says.textContent = "That did not work; please load the page again.";
    return;
  }
  const { algorithm, challenge, salt, signature } = task;
  const proof = { algorithm, challenge, number, salt, signature };
  form.elements.altcha.value = btoa(JSON.stringify(proof));
  says.textContent = "Done: please press the button.";
  button.focus();
}

async function solution(task) {
  const encoder = new TextEncoder();
  for (let number = 0; number <= task.maxNumber; number++) {
    const hash = await crypto.subtle.digest("SHA-256", encoder.encode(task.salt + number));
    if (hex(hash) === task.challenge) {
      return number;
    }
  }
  return -1;
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
