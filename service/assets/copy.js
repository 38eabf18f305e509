// The copy buttons; without this script, one click takes the whole text all the same.
"use strict";

const status = document.getElementById("copied");

async function copy(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
  status.textContent = "Copied to the clipboard.";
  setTimeout(() => {
    button.textContent = "Copy";
    status.textContent = "";
  }, 2000);
}

// (there is a clipboard in secure contexts only: over HTTPS, and on localhost)
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button).catch(() => { button.textContent = "Failed"; }));
  }
}
