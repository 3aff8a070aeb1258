// Every visible text with too little contrast (WCAG 2.1, 1.4.3), as sentences. Runs inside the page.
() => {
  const LARGE = 24, LARGE_BOLD = 18.66; // px: 18 pt, and 14 pt bold
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });
  const luminance = ({ r, g, b }) => {
    const [red, green, blue] = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const ancestors = (element) => {
    const line = [];
    for (let node = element; node; node = node.parentElement) line.push(node);
    return line;
  };
  const isControl = (element) => element.matches("input, select, textarea");
  // The color behind an element, and whether a picture lies there, which no computed style can tell us about.
  const behind = (element) => {
    const layers = [];
    let picture = false;
    for (const node of ancestors(element)) {
      const style = getComputedStyle(node);
      // The pictures of controls are small signs at their edge, never behind the answer.
      if (style.backgroundImage !== "none" && !isControl(node)) picture = true;
      const color = parse(style.backgroundColor);
      layers.push(color);
      if (color.a === 1) break;
    }
    const white = { r: 255, g: 255, b: 255, a: 1 };
    return { color: layers.reverse().reduce((under, top) => over(top, under), white), picture };
  };
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    const clipped = ancestors(element).some((node) => {
      const style = getComputedStyle(node);
      return style.position === "absolute" && (style.clipPath === "inset(50%)" || style.left === "-999em" || style.clip !== "auto");
    });
    return box.width > 1 && box.height > 1 && box.right > 0 && !clipped && element.checkVisibility({ visibilityProperty: true });
  };
  const isOff = (element) => ancestors(element).some((node) => node.matches(":disabled"));
  const name = (element) => {
    const classes = [...element.classList].map((part) => `.${CSS.escape(part)}`).join("");
    return `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}${classes}`;
  };

  const found = new Set();
  const look = (element, pseudo, text) => {
    if (!isSeen(element) || isOff(element)) return;
    const style = getComputedStyle(element, pseudo);
    const back = behind(element);
    if (back.picture) {
      found.add(`contrast: "${text}" lies on a picture (${name(element)})`);
      return;
    }
    const color = parse(style.color);
    color.a *= ancestors(element).reduce((all, node) => all * Number(getComputedStyle(node).opacity), 1);
    const ratio = contrast(over(color, back.color), back.color);
    const size = parseFloat(style.fontSize);
    const least = size >= LARGE || (size >= LARGE_BOLD && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least) found.add(`contrast: "${text}" has ${ratio.toFixed(2)}, needs ${least} (${name(element)}${pseudo || ""})`);
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim().slice(0, 40);
    const element = texts.currentNode.parentElement;
    if (text && !element.matches("option, optgroup, script, style, noscript")) look(element, null, text);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (isControl(element) && !["hidden", "checkbox", "radio", "file"].includes(element.type)) look(element, null, "the answer");
    for (const pseudo of ["::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      const text = style.content.replace(/^"|"$/g, "").trim();
      if (style.display !== "none" && /\p{L}|\p{N}/u.test(text) && !["none", "normal"].includes(text) && !text.startsWith("url(")) {
        look(element, pseudo, text.slice(0, 40));
      }
    }
  }
  return [...found];
}
