/** Draft orders: what is drafted now and what the suggestions would draft, as text that can be read alone and as JSON. */

import { copyButton, html, unfoldingJson } from "../base/dom.js";
import { draftsOf } from "../base/request.js";
import { renderJson } from "../base/json.js";

/** The drafts of the request, and every order a suggestion would create or update. */
export function renderOrders(request, cards) {
  const drafts = draftsOf(request);
  const proposed = cards.flatMap((card) => (card.suggestions ?? []).flatMap((suggestion) =>
    (suggestion.actions ?? []).map((action) => ({ suggestion, action }))));
  return [
    html("h3", {}, "In the request"),
    drafts.length ? drafts.map((draft) => renderOrder(draft, selectedIn(request, draft))) : html("p", { class: "note" }, "Nothing is drafted."),
    html("h3", {}, "In the suggestions"),
    proposed.length ? proposed.map(renderAction) : html("p", { class: "note" }, "Nothing is suggested."),
  ].flat();
}

const selectedIn = (request, draft) => (request.context.selections?.includes(`${draft.resourceType}/${draft.id}`) ? "selected" : "");

function renderAction({ suggestion, action }) {
  if (!action.resource) {
    const target = [action.resourceId].flat().join(", ");
    return html("div", { class: "order" }, html("p", { class: "kind" }, DONE[action.type] ?? action.type),
      html("div", { class: "words" }, html("p", {}, action.description), html("p", { class: "note" }, target)));
  }
  return renderOrder(action.resource, DONE[action.type] ?? action.type, suggestion.label);
}

const DONE = { create: "added by the suggestion", update: "changed by the suggestion", delete: "removed by the suggestion" };

function renderOrder(resource, kind, label) {
  const json = () => JSON.stringify(resource, null, 2);
  return html("div", { class: "order" },
    html("p", { class: "kind" }, kind || "drafted"),
    html("div", { class: "words" },
      html("h4", {}, nameOf(resource)),
      linesOf(resource).map((line) => html("p", {}, line)),
      label && html("p", { class: "note" }, `Suggestion: ${label}`),
      unfoldingJson(`${resource.resourceType} as JSON`, () => [copyButton("Copy JSON", json), renderJson(resource)])),
    copyButton("Copy text", () => [nameOf(resource), ...linesOf(resource)].join("\n")),
  );
}

const wordsOf = (codeable) => codeable?.text ?? codeable?.coding?.find((coding) => coding.display)?.display ?? codeable?.coding?.[0]?.code ?? "";

function nameOf(resource) {
  const named = resource.medicationCodeableConcept ?? resource.medication?.concept ?? resource.code?.concept ?? resource.code;
  return wordsOf(named) || resource.medicationReference?.display || resource.resourceType;
}

/** The order in sentences: dosage, technique, when, why, notes. */
export function linesOf(resource) {
  const dosages = (resource.dosageInstruction ?? []).flatMap((dosage) =>
    [dosage.text, ...(dosage.additionalInstruction ?? []).map(wordsOf)]);
  const due = resource.occurrenceDateTime && `Due ${resource.occurrenceDateTime.slice(0, 10)}`;
  const reasons = [...(resource.reasonCode ?? []), ...[resource.reason ?? []].flat().map((reason) => reason.concept)].map(wordsOf).filter(Boolean);
  const status = `Status ${resource.status ?? "missing"}, intent ${resource.intent ?? "missing"}`;
  return [...dosages, due, reasons.length && `For ${reasons.join(", ")}`, ...(resource.note ?? []).map((note) => note.text), status].filter(Boolean);
}
