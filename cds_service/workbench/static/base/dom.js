/** Building blocks of the page. Text only ever becomes text nodes: nothing from a request is read as markup. */

const SVG = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; `onclick` and the like are listeners, `true` is an empty attribute, `false` none. */
export function html(name, attributes = {}, ...children) {
  return build(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function svg(name, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, name), attributes, children);
}

/** A `details` whose content is only built when it is opened for the first time, or printed. */
export function unfolding(summary, makeContent, attributes = {}) {
  const node = html("details", attributes, html("summary", {}, summary));
  const fill = (event) => {
    if ((node.open || event?.type === "print") && node.children.length === 1) node.append(...[makeContent()].flat());
  };
  node.addEventListener("toggle", fill);
  node.addEventListener("print", fill);
  fill();
  return node;
}

/** The same of JSON, which is not printed. */
export const unfoldingJson = (summary, makeContent, attributes = {}) => unfolding(summary, makeContent, { ...attributes, "data-json": true });

/** Build what is folded and not JSON, as a printed page shows all of it. */
export function fillForPrint() {
  document.querySelectorAll("details:not([data-json])").forEach((node) => node.dispatchEvent(new Event("print")));
}

/** A table with a caption that screen readers read and eyes skip. Rows are arrays of cells; the first cell is the row's name. */
export function table(caption, heads, rows, attributes = {}) {
  return html(
    "table",
    attributes,
    html("caption", { class: "unseen" }, caption),
    html("thead", {}, html("tr", {}, heads.map((head) => html("th", { scope: "col" }, head)))),
    html("tbody", {}, rows.map((cells) =>
      html("tr", {}, cells.map((cell, index) => (index ? named(heads[index], html("td", {}, cell)) : html("th", { scope: "row" }, cell)))))),
  );
}

/** A cell with the head of its column, which a phone shows before what the cell holds. */
function named(head, cell) {
  if (cell.textContent) cell.dataset.head = head;
  return cell;
}

/** Some items at once, the rest on request: long lists stay fast. What is shown then takes the focus. */
export function inPortions(items, makeRows, portion = 200) {
  const rest = items.slice(portion);
  const place = html("div", { tabindex: -1 }, makeRows(items.slice(0, portion)));
  if (!rest.length) return place;
  const show = (label, size) => html("button", { type: "button", class: "quiet", onclick: () => {
    const shown = inPortions(rest, makeRows, size);
    buttons.replaceWith(shown);
    shown.focus({ preventScroll: true });
  } }, label);
  const buttons = html("div", { class: "row" },
    rest.length > portion && show(`Show ${portion} more of ${rest.length}`, portion),
    show(`Show all ${rest.length} more`, rest.length));
  place.append(buttons);
  return place;
}

/** A button that copies text and says so. */
export function copyButton(label, getText) {
  const button = html("button", { type: "button", class: "quiet", "aria-live": "polite", onclick: async () => {
    await navigator.clipboard.writeText(getText());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1500);
  } }, label);
  return button;
}

/** Do something when what has been changed so far was painted. */
export function afterPaint(act) {
  requestAnimationFrame(() => setTimeout(act));
}

/** Say something to screen readers and in the status line. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}
