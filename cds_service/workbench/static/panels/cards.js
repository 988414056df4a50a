/** Cards as an EHR shows them: indicator, suggestions as buttons, reasons, then the evidence folded, override reasons, links. */

import { html } from "../base/dom.js";
import { isWebLink, renderMarkdown } from "../base/markdown.js";

const INDICATORS = { critical: "Critical", warning: "Warning", info: "Information" };

/** The cards of an answer. `take(card, suggestion)`, `override(card, reason, comment)` and `open(tab)` are called when the user decides. */
export function renderCards(cards, { take, override, open }) {
  if (!cards.length) {
    return [html("div", { class: "quiet-answer" }, html("p", {}, html("strong", {}, "The EHR gets no card.")),
      html("p", {}, html("button", { type: "button", class: "plain", onclick: () => open("why") }, "Why"), " says what was checked, ",
        html("button", { type: "button", class: "plain", onclick: () => open("facts") }, "Facts"), " what it rests on."))];
  }
  return cards.map((card, index) => renderCard(card, index, take, override));
}

function renderCard(card, index, take, override) {
  const heading = `card-${index}`;
  return html("article", { class: `card ${card.indicator}`, "aria-labelledby": heading },
    html("header", {},
      html("p", { class: "indicator" }, html("span", { class: "sign", "aria-hidden": "true" }), INDICATORS[card.indicator] ?? card.indicator),
      html("h3", { id: heading }, card.summary)),
    renderSuggestions(card, take),
    renderOverride(card, override),
    card.detail && renderDetail(card),
    html("footer", {}, renderSource(card), ...(card.links ?? []).map(renderLink)),
  );
}

/** Paragraphs that stand open above what is folded; of a critical card all do. */
const MOST_REASONS = 3;

/** Parts of a detail that are read when something is planned, not to decide. */
const PLANNING = /^(Before|At|In|Now|From|Every)\b[^.]*: /;

/** The detail as it is sent: the facts and what is planned folded, each with its beginning in the line that folds it; all else open. */
function renderDetail(card) {
  const parts = [...renderMarkdown(card.detail).childNodes];
  const facts = parts.findIndex((part, index) => part.nodeName === "UL" && !parts[index - 1]?.textContent.endsWith(":"));
  if (parts.at(-1)?.querySelector?.("a")) parts.pop(); // the link to the rule, which the foot of the card has too
  const change = card.extension?.["org.b12-cds"]?.wouldChangeIf ?? [];
  const reasons = parts.slice(0, facts < 0 ? parts.length : facts);
  const further = card.indicator !== "critical" && reasons.length > MOST_REASONS + 1 ? reasons.slice(MOST_REASONS) : [];
  return html("div", { class: "detail" },
    parts.map((part, index) => {
      if (further.includes(part)) return part === further[0] && fold("Also", html("div", {}, further), further.map((one) => one.textContent));
      if (index === facts) return fold("From the record", part, [...part.children].map((item) => item.textContent));
      if (index > facts && facts >= 0 && PLANNING.test(part.textContent)) return fold("Also plan", part, []);
      return part;
    }),
    change.length > 0 && fold("Would change this", html("ul", {}, change.map((one) => html("li", {}, one))), change));
}

/** A part in one line, which opens to the whole of it. */
function fold(name, part, items) {
  const beginning = items.length ? items.join(" · ") : part.textContent;
  return html("details", { class: "fold" },
    html("summary", {}, html("span", { class: "name" }, items.length ? `${name} (${items.length})` : name), " ", html("span", { class: "beginning", "aria-hidden": "true" }, beginning)),
    part);
}

function renderSuggestions(card, take) {
  if (!card.suggestions?.length) return null;
  const one = card.selectionBehavior === "at-most-one" && card.suggestions.length > 1;
  return html("div", { class: "suggestions", role: "group", "aria-label": one ? "Suggestions: at most one" : "Suggestions" },
    one && html("p", { class: "note" }, "At most one:"),
    card.suggestions.map((suggestion, index) => [
      html("button", { type: "button", class: suggestion.isRecommended ? "suggestion recommended" : "suggestion", "aria-describedby": `${card.uuid}-${index}`, onclick: () => take(card, suggestion) },
        suggestion.label),
      html("p", { class: "consequence", id: `${card.uuid}-${index}` }, consequenceOf(suggestion))]));
}

/** What a suggestion does to the orders, in a line. */
function consequenceOf({ isRecommended, actions = [] }) {
  const count = (type) => actions.filter((action) => action.type === type).length;
  const orders = (number) => (number === 1 ? "1 draft order" : `${number} draft orders`);
  const does = [
    count("create") && `adds ${orders(count("create"))}`,
    count("update") && `changes ${orders(count("update"))}`,
    count("delete") && `removes ${orders(count("delete"))}`,
  ].filter(Boolean).join(", ");
  return [isRecommended && "Recommended", does].filter(Boolean).join(": ").replace(/^./, (letter) => letter.toUpperCase());
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
    override(card, card.overrideReasons[reasons.value], comment.value.trim()).then((said) => { told.textContent = said; });
  } }, reasons, comment, html("button", { class: "quiet" }, "Override"));
  const told = html("p", { class: "note", role: "status" });
  return html("details", { class: "override" }, html("summary", {}, "Keep it as it is …"), form, told);
}
