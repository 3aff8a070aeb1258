// What is drawn beyond the right edge of the window, as sentences. Runs inside the page.
// USWDS hides sideways scrolling on body, so the width of the document alone would not show it.
() => {
  const edge = document.documentElement.clientWidth + 1;
  const scrolls = (element) => {
    for (let node = element.parentElement; node && node !== document.body; node = node.parentElement) {
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(node).overflowX)) return true;
    }
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => element.getBoundingClientRect().right > edge && !scrolls(element))
    .map((element) => {
      const right = Math.round(element.getBoundingClientRect().right);
      return `width: ${element.tagName.toLowerCase()}.${[...element.classList].join(".")} ends at ${right} px, the window at ${edge - 1}`;
    });
}
