/** Cards as an EHR shows them: indicator, detail, suggestions as buttons, override reasons, links. */

import { html } from "../base/dom.js";
import { isWebLink, renderMarkdown } from "../base/markdown.js";

const INDICATORS = { critical: "Critical", warning: "Warning", info: "Information" };

/** The cards of an answer. `take(card, suggestion)` and `override(card, reason, comment)` are called when the user decides. */
export function renderCards(cards, { take, override }) {
  if (!cards.length) {
    return [html("p", { class: "quiet-answer" }, "No card: see the line above.")];
  }
  return cards.map((card, index) => renderCard(card, index, take, override));
}

function renderCard(card, index, take, override) {
  const heading = `card-${index}`;
  return html("article", { class: `card ${card.indicator}`, "aria-labelledby": heading },
    html("header", {},
      html("p", { class: "indicator" }, html("span", { class: "sign", "aria-hidden": "true" }), INDICATORS[card.indicator] ?? card.indicator),
      html("h2", { id: heading }, card.summary)),
    renderSuggestions(card, take),
    renderOverride(card, override),
    card.detail && html("div", { class: "detail" }, renderMarkdown(card.detail)),
    html("footer", {}, renderSource(card), ...(card.links ?? []).map(renderLink)),
  );
}

function renderSuggestions(card, take) {
  if (!card.suggestions?.length) return null;
  const one = card.selectionBehavior === "at-most-one" && card.suggestions.length > 1;
  return html("div", { class: "suggestions", role: "group", "aria-label": one ? "Suggestions: at most one" : "Suggestions" },
    one && html("p", { class: "note" }, "At most one:"),
    card.suggestions.map((suggestion) =>
      html("button", { type: "button", class: suggestion.isRecommended ? "suggestion recommended" : "suggestion", onclick: () => take(card, suggestion) },
        html("span", {}, suggestion.label),
        suggestion.isRecommended && html("span", { class: "note" }, "recommended"))));
}

function renderSource({ source }) {
  const label = source?.label ?? "";
  return isWebLink(source?.url) ? html("a", { href: source.url, rel: "noreferrer" }, label) : html("span", {}, label);
}

function renderLink(link) {
  return isWebLink(link.url) ? html("a", { href: link.url, rel: "noreferrer" }, link.label) : html("span", {}, link.label);
}

function renderOverride(card, override) {
  if (!card.overrideReasons?.length) return null;
  const reasons = html("select", { "aria-label": "Reason for going against the card" },
    card.overrideReasons.map((reason, index) => html("option", { value: index }, reason.display ?? reason.code)));
  const comment = html("input", { type: "text", maxlength: 1000, placeholder: "Comment", "aria-label": "Comment" });
  const form = html("form", { class: "row", onsubmit: (event) => {
    event.preventDefault();
    override(card, card.overrideReasons[reasons.value], comment.value.trim());
  } }, reasons, comment, html("button", { class: "quiet" }, "Override"));
  return html("details", { class: "override" }, html("summary", {}, "Keep it as it is …"), form);
}
