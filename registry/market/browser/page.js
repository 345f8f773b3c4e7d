/** Beside what works without scripts: buttons that copy. */
document.documentElement.classList.add("scripted");

const SHOWN_MS = 2_000;

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", () => void answerCopy(button));
}

async function answerCopy(button) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = await copy(document.getElementById(button.dataset.copy)?.textContent ?? "");
  setTimeout(() => {
    button.textContent = label;
    button.disabled = false;
  }, SHOWN_MS);
}

/** What came of it, in a word or two. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied";
  } catch {
    return "Select it";
  }
}
