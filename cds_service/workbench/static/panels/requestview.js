/** The request, resource by resource: folded, so that two megabytes open as fast as two kilobytes. */

import { html, inPortions, unfolding, unfoldingJson } from "../base/dom.js";
import { partsOf, referenceOf } from "../base/request.js";
import { renderJson } from "../base/json.js";

/** The parts of the request with their resources. Parts of up to eight resources are open. */
export function renderRequest(request) {
  const envelope = { ...request, context: { ...request.context }, prefetch: undefined };
  delete envelope.context.draftOrders;
  return [
    unfoldingJson("hook and context", () => renderJson(envelope)),
    ...partsOf(request).map(([name, resources]) => renderPart(name, resources)),
  ];
}

function renderPart(name, resources) {
  if (!resources) return html("p", { class: "part missing" }, `${name}: not sent, so not known`);
  if (!resources.length) return html("p", { class: "part" }, `${name}: none`);
  return unfolding(`${name} (${resources.length})`, () => inPortions(resources, (some) => html("div", {}, some.map(renderResource)), 100), {
    open: resources.length <= 8, class: "part", "data-part": name,
  });
}

function renderResource(one) {
  const reference = referenceOf(one);
  return unfoldingJson(html("span", {}, html("code", {}, reference), " ", titleOf(one.resource)), () => renderJson(one.resource), {
    class: "resource", "data-reference": reference,
  });
}

const wordsOf = (codeable) => codeable?.text ?? codeable?.coding?.[0]?.display ?? codeable?.coding?.[0]?.code ?? "";

function titleOf(resource) {
  const words = wordsOf(resource.medicationCodeableConcept ?? resource.medication?.concept ?? resource.code);
  const quantity = resource.valueQuantity && `${resource.valueQuantity.value ?? ""} ${resource.valueQuantity.unit ?? ""}`.trim();
  const date = resource.effectiveDateTime ?? resource.onsetDateTime ?? resource.performedDateTime ?? resource.authoredOn ?? resource.birthDate;
  return html("span", { class: "title" }, [words, quantity, date?.slice?.(0, 10)].filter(Boolean).join(" · "));
}

/** Mark the resources of these references in the request, open their JSON, and bring the first into view. */
export function highlightResources(root, request, references) {
  root.querySelectorAll(".highlit").forEach((node) => node.classList.remove("highlit"));
  const wanted = new Set(references);
  for (const [name, resources] of partsOf(request)) {
    if (resources?.some((one) => wanted.has(referenceOf(one)))) root.querySelector(`[data-part="${name}"]`)?.setAttribute("open", "");
  }
  // a part fills itself on its toggle event, which comes after this turn
  return new Promise((resolve) => setTimeout(() => resolve(markIn(root, wanted))));
}

function markIn(root, wanted) {
  const found = [...root.querySelectorAll("[data-reference]")].filter((node) => wanted.has(node.dataset.reference));
  for (const node of found) {
    node.classList.add("highlit");
    node.open = true;
  }
  found[0]?.scrollIntoView({ block: "center" });
  return found.length;
}
