/** Statements of the guidance: a citation is a link to its page, and opens on the spot. */

import { html } from "./dom.js";
import { loadGuidance, serviceUrl } from "./service.js";

const CITATION = /\b[SX][1-9]\d?\b/g;

/** A link to one statement. */
export function citation(id) {
  return html("a", { class: "citation", href: serviceUrl(`guidance/${id}`), onclick: openHere }, id);
}

/** Links to several statements, as a list in one line. */
export function citations(ids) {
  return html("span", { class: "citations" }, (ids ?? []).map((id) => [citation(id), " "]));
}

/** The text with every S or X number in it made a link. */
export function withCitations(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(CITATION)) {
    if (found.index > end) nodes.push(text.slice(end, found.index));
    nodes.push(citation(found[0]));
    end = found.index + found[0].length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

async function openHere(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const link = event.currentTarget;
  const guidance = await loadGuidance();
  const statement = guidance.statements.find((one) => one.id === link.textContent);
  if (statement) showStatement(statement, link.href);
  else window.location.assign(link.href);
}

function showStatement(statement, address) {
  const dialog = document.getElementById("statement");
  dialog.replaceChildren(
    html("h2", {}, statement.id),
    html("p", { class: "where" }, statement.external ? "External evidence, not of the two source documents" : `Document ${statement.document} · ${statement.heading}`),
    html("p", { class: "statement" }, statement.text),
    statement.secondaryReading && html("p", { class: "note" }, "Secondary reading: read in part, in abstract or through another source."),
    html("p", { class: "note" }, "On it rest: ", [...statement.rules, ...statement.regimens, ...statement.cards].join(", ") || "no rule, regimen or card directly"),
    html("form", { method: "dialog", class: "row" },
      html("a", { href: address }, "Open on the guidance page"),
      html("button", { class: "quiet" }, "Close")),
  );
  dialog.showModal();
}
