/** JSON for reading: keys, strings and numbers told apart by colour. */

import { html } from "./dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;
const COLOURED_UP_TO = 20_000;

/** A `pre` of the value; beyond 20 000 characters plain, so that it stays fast. */
export function renderJson(value) {
  const text = JSON.stringify(value, null, 2);
  const pre = html("pre", { class: "json", tabindex: 0, "aria-label": "JSON" });
  if (text.length > COLOURED_UP_TO) pre.append(text);
  else pre.append(...coloured(text));
  return pre;
}

function coloured(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    nodes.push(text.slice(end, found.index));
    const [whole, string, colon] = found;
    if (colon) nodes.push(html("span", { class: "key" }, string), colon);
    else nodes.push(html("span", { class: string ? "string" : "number" }, whole));
    end = found.index + whole.length;
  }
  return [...nodes, text.slice(end)];
}
