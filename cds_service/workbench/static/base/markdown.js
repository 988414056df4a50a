/** The Markdown that card details use: paragraphs, lists, headings, bold, emphasis, code and links. Everything else stays text. */

import { html } from "./dom.js";
import { withCitations } from "./citations.js";

const LIST_ITEM = /^(\s*)(?:[-*]|\d+\.)\s+(.*)$/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const INLINE = /\\([\\`*_{}[\]()<>#+\-.!|~&:])|\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]*)\]\(([^)\s]+)\)|(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])/g;

/** Markdown text as nodes. */
export function renderMarkdown(text) {
  const root = document.createDocumentFragment();
  let paragraph = null;
  let lists = [];
  for (const line of String(text).split(/\r?\n/)) {
    const item = LIST_ITEM.exec(line);
    const heading = HEADING.exec(line);
    if (!line.trim()) {
      paragraph = null;
      continue;
    }
    if (item) {
      lists = openList(root, lists, item[1].length, /^\s*\d/.test(line));
      lists.at(-1).node.append(html("li", {}, ...inline(item[2])));
      paragraph = null;
    } else if (heading) {
      root.append(html("h4", {}, ...inline(heading[2])));
      lists = [];
    } else if (lists.length && /^\s/.test(line)) {
      lists.at(-1).node.lastElementChild.append(" ", ...inline(line.trim()));
    } else if (paragraph) {
      paragraph.append(" ", ...inline(line.trim()));
    } else {
      paragraph = html("p", {}, ...inline(line.trim()));
      root.append(paragraph);
      lists = [];
    }
  }
  return root;
}

/** The stack of open lists for an item this far indented; deeper lists go into the last item above. */
function openList(root, lists, indent, numbered) {
  const open = lists.filter((list) => list.indent <= indent);
  if (open.length && open.at(-1).indent === indent) return open;
  const node = html(numbered ? "ol" : "ul");
  (open.at(-1)?.node.lastElementChild ?? root).append(node);
  return [...open, { indent, node }];
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(...withCitations(text.slice(end, found.index)));
    nodes.push(inlineNode(found));
    end = found.index + found[0].length;
  }
  return [...nodes, ...withCitations(text.slice(end))];
}

function inlineNode([whole, escaped, bold, code, label, target, emphasis]) {
  if (escaped) return escaped;
  if (bold) return html("strong", {}, ...inline(bold));
  if (code) return html("code", {}, code);
  if (emphasis) return html("em", {}, ...inline(emphasis));
  return isWebLink(target) ? html("a", { href: target, rel: "noreferrer" }, label || target) : whole;
}

/** Only plain web links become links; `javascript:` and the like stay text. */
export function isWebLink(target) {
  try {
    return ["http:", "https:"].includes(new URL(target).protocol);
  } catch {
    return false;
  }
}
