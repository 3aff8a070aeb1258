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

  // Keys for a list of rows. They work while something in the list has the focus, so that they come in nobody's way
  // (WCAG 2.1.4), and never while one types.
  const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])";

  const goToRow = (list, from, step) => {
    const rows = [...list.querySelectorAll("tbody tr")];
    const next = rows[Math.min(Math.max(rows.indexOf(from) + step, 0), rows.length - 1)];
    const link = next && next.querySelector("[role=rowheader] a");
    if (link) link.focus();
  };

  const useRowKeys = (event) => {
    const list = event.target.closest("[data-row-keys]");
    if (!list || event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
    const row = event.target.closest("tbody tr");
    const box = row && row.querySelector("[type=checkbox]");
    const help = document.getElementById(list.dataset.rowKeys);
    const keys = {
      j: () => goToRow(list, row, row ? 1 : 0),
      k: () => goToRow(list, row, -1),
      x: () => box && box.click(),
      "?": () => help && help.showModal(),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };

  const openDialog = (event) => {
    const button = event.target.closest("[data-opens]");
    if (button) document.getElementById(button.dataset.opens).showModal();
  };

  // "All on this page" ticks every row, and is no longer ticked when one row is not. The server takes either.
  const chooseAll = (event) => {
    const form = event.target.form;
    if (!form || !form.matches("[data-choose-all]") || event.target.type !== "checkbox") return;
    const boxes = [...form.elements].filter((box) => box.name === "requests" && box.type === "checkbox");
    const all = form.elements.everything;
    if (event.target === all) {
      boxes.forEach((box) => (box.checked = all.checked));
    } else {
      all.checked = boxes.every((box) => box.checked);
    }
  };

  document.addEventListener("click", followProblem);
  document.addEventListener("click", copyText);
  document.addEventListener("click", openDialog);
  document.addEventListener("keydown", useRowKeys);
  document.addEventListener("change", chooseAll);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("DOMContentLoaded", () => {
    focusProblems(document);
    offerCopies(document);
    document.querySelectorAll("[data-opens]").forEach((button) => (button.hidden = false));
  });
  document.addEventListener("htmx:afterSettle", (event) => focusProblems(event.target));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
