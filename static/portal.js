// Small helps on top of pages that work without any script.
(() => {
  "use strict";

  const RELEASE_AFTER = 10000; // ms: a form that answers with a download leaves its page in place

  // A list of problems gets the focus, so that a screen reader starts there and the keyboard is next to its links.
  const focusProblems = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  };

  // A link of that list leads to the question and not only to its box, so that the question's words are in sight.
  const followProblem = (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const box = link && document.getElementById(link.hash.slice(1));
    if (!box) return;
    event.preventDefault();
    const group = box.closest("fieldset, .usa-form-group") || box;
    group.scrollIntoView({ block: "start" });
    box.focus({ preventScroll: true });
  };

  // The second click on a button sends nothing. The server refuses repeats too; this spares people the message.
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[type=submit][aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };

  const sendOnce = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(release, RELEASE_AFTER, form);
  };

  // Copies a text that stands in a box. The button is there only where this script runs.
  const copyText = async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const box = document.getElementById(button.dataset.copy);
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      document.execCommand("copy"); // browsers that ask first, and addresses without TLS
    }
    document.getElementById(`${box.id}-copied`).textContent = button.dataset.copied;
  };

  const offerCopies = (root) => root.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));

  document.addEventListener("click", followProblem);
  document.addEventListener("click", copyText);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("DOMContentLoaded", () => focusProblems(document));
  document.addEventListener("DOMContentLoaded", () => offerCopies(document));
  document.addEventListener("htmx:afterSettle", (event) => focusProblems(event.target));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
