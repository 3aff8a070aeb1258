// Keeps what is typed into a form in this browser, until it is sent, forgotten or too old. Nothing leaves the browser.
(() => {
  "use strict";

  const DAYS_KEPT = 3;
  const MOST_AGE = DAYS_KEPT * 24 * 60 * 60 * 1000; // ms
  const NEVER = ["csrfmiddlewaretoken", "form", "website", "course"]; // what the page adds, and the box that stays empty

  const nameOf = (key) => `portal-draft:${key}`;

  const boxesOf = (form) =>
    [...form.elements].filter((box) => box.name && box.type !== "file" && box.type !== "submit" && !NEVER.includes(box.name));

  // Some browsers refuse to keep anything; the form works without.
  const stored = (key) => {
    try {
      const draft = JSON.parse(localStorage.getItem(nameOf(key)));
      return draft && Date.now() - draft.at < MOST_AGE ? draft.values : null;
    } catch {
      return null;
    }
  };

  const forget = (key) => {
    try {
      localStorage.removeItem(nameOf(key));
    } catch {
      // nothing was kept
    }
  };

  const isOn = (box) => (box.type === "radio" || box.type === "checkbox" ? box.checked : box.value !== "");

  const keep = (form) => {
    const values = boxesOf(form).filter(isOn).map((box) => [box.name, box.value]);
    try {
      localStorage.setItem(nameOf(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
    } catch {
      // the browser has no room or refuses
    }
  };

  // The list one searches by typing shows what its hidden select holds.
  const showChosen = (box) => {
    const shown = box.closest(".usa-combo-box") && box.closest(".usa-combo-box").querySelector("input");
    const chosen = box.selectedOptions && box.selectedOptions[0];
    if (shown && chosen) shown.value = chosen.value ? chosen.text : "";
  };

  const fill = (form, values) => {
    const typed = new Map(values);
    boxesOf(form).forEach((box) => {
      if (!typed.has(box.name)) return;
      if (box.type === "radio" || box.type === "checkbox") box.checked = typed.get(box.name) === box.value;
      else box.value = typed.get(box.name);
      showChosen(box);
    });
  };

  const empty = (form) => {
    boxesOf(form).forEach((box) => {
      if (box.type === "radio" || box.type === "checkbox") box.checked = false;
      else if (box.tagName === "SELECT") box.selectedIndex = 0;
      else box.value = "";
      showChosen(box);
    });
    form.querySelectorAll("[type=file]").forEach((box) => (box.value = ""));
  };

  const start = (form) => {
    const key = form.dataset.draft;
    const values = stored(key);
    if (values && !form.dataset.draftTyped) fill(form, values); // what came back from the server is newer
    const save = () => keep(form);
    form.addEventListener("input", save);
    form.addEventListener("change", save);
    document.querySelectorAll(`[data-draft-note="${key}"]`).forEach((note) => (note.hidden = false));
    document.querySelectorAll(`[data-draft-forget="${key}"]`).forEach((button) =>
      button.addEventListener("click", () => {
        forget(key);
        empty(form);
        button.parentElement.querySelector("[data-draft-said]").textContent = button.dataset.done;
      }),
    );
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-draft-sent]").forEach((page) => forget(page.dataset.draftSent));
    document.querySelectorAll("form[data-draft]").forEach(start);
  });
})();
