/** The controls: each shows what the service understood of the request, and changes the request when it is moved. */

import { html } from "../base/dom.js";
import { draftsOf, withAge, withOrder, withoutResources, withResource } from "../base/request.js";

/** Fill the form for this request and answer. `change(request)` is called with the changed request. */
export function renderControls(form, controls, request, answer, change) {
  const bench = { request, answer: { ...answer, resources: answer.resources.filter((line) => line.used) }, change };
  form.replaceChildren(
    field("Age, years", ageInput(bench)),
    ...controls.choices.map((choice) => field(choice.label, choiceInput(choice, bench))),
    ...controls.numbers.map((number) => field(labelOf(number), ...numberInputs(number, bench))),
    field("Order", orderInput(controls.orders, bench)),
  );
}

/** The label of a number, with its unit where there is only one: a number never stands apart from its unit. */
const labelOf = (number) => (number.units.length > 1 ? number.label : `${number.label}, ${number.units[0].unit}`);

const field = (label, input, ...others) => html("div", { class: "field" }, html("label", { for: input.id }, label), input, others);

const factNamed = (answer, name) => answer.facts.find((fact) => fact.name === name);
const firstKnown = (answer, names) => names.map((name) => factNamed(answer, name)).find((fact) => fact?.certainty === "known");
const numberIn = (text) => /-?\d+(?:\.\d+)?/.exec(text ?? "")?.[0] ?? "";

const slowly = (act) => {
  let waiting;
  return (...given) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(...given), 120);
  };
};

function ageInput({ request, answer, change }) {
  const shown = numberIn(firstKnown(answer, ["age"])?.value);
  const set = slowly((value) => change(withAge(request, value, answer.asOf)));
  return html("input", { type: "number", id: "control-age", min: 0, max: 120, value: shown, oninput: (event) => set(event.target.value) });
}

function numberInputs(number, { request, answer, change }) {
  const fact = firstKnown(answer, number.facts);
  const input = html("input", { type: "number", id: `control-${number.id}`, min: 0, step: "any", value: numberIn(fact?.value), placeholder: "not recorded" });
  const units = number.units.length > 1 &&
    html("select", { id: `control-${number.id}-unit`, "aria-label": `Unit of ${number.label}` }, number.units.map(({ unit }) =>
      html("option", { value: unit, selected: fact?.value?.endsWith(unit) }, unit)));
  const set = slowly(() => {
    const { resource } = number.units.find(({ unit }) => unit === (units ? units.value : number.units[0].unit)) ?? number.units[0];
    change(withNumber(request, answer, number, resource, input.value));
  });
  input.addEventListener("input", set);
  if (units) units.addEventListener("change", set);
  return [input, units].filter(Boolean);
}

function withNumber(request, answer, number, template, value) {
  const bare = withoutResources(request, feeding(answer, number.facts), value === "");
  if (value === "") return bare;
  const date = firstKnown(answer, number.facts)?.evidence?.[0]?.date ?? daysBefore(answer.asOf, 7);
  return withResource(bare, number.key, filled(template, { patient: request.context.patientId, date, value: Number(value) }));
}

function choiceInput(choice, { request, answer, change }) {
  const present = choice.options.findLast((option) => holds(option, request)) ?? understood(choice, answer);
  const select = html("select", { id: `control-${choice.id}`, onchange: () => {
    const option = choice.options.find((one) => one.value === select.value);
    let changed = withoutResources(request, feeding(answer, choice.facts), true);
    const date = daysBefore(answer.asOf, 7);
    for (const { key, resource } of option.add) changed = withResource(changed, key, filled(resource, { patient: request.context.patientId, date }));
    change(changed);
  } });
  if (!present) select.append(html("option", { value: "", selected: true, disabled: true }, "as sent"));
  select.append(...choice.options.map((option) => html("option", { value: option.value, selected: option === present }, option.label)));
  return select;
}

/** Whether the request holds what this option would put into it. */
const holds = (option, request) => option.add.length > 0 && option.add.every(({ key, resource }) =>
  (request.prefetch?.[key]?.entry ?? []).some((entry) => sameMeaning(entry.resource, resource)));

const sameMeaning = (one, other) => {
  const code = (resource) => JSON.stringify((resource?.code?.coding ?? []).map((coding) => coding.code));
  return code(one) === code(other) && one?.valueBoolean === other.valueBoolean && one?.valueQuantity?.value === other.valueQuantity?.value;
};

/** The option that adds nothing, when no resource feeds the facts of this choice. */
const understood = (choice, answer) => (feeding(answer, choice.facts).size ? undefined : choice.options.find((option) => !option.add.length));

function orderInput(orders, { request, change }) {
  const drafts = draftsOf(request);
  const shown = drafts.length === 1 ? orders.find((order) => order.value === drafts[0].id) : undefined;
  const select = html("select", { id: "control-order", onchange: () => {
    const order = orders.find((one) => one.value === select.value);
    change(withOrder(request, order && filled(order.resource, { patient: request.context.patientId, date: undefined })));
  } },
  drafts.length > 0 && !shown && html("option", { value: "as-is", selected: true, disabled: true }, "as sent"),
  html("option", { value: "", selected: !drafts.length }, "none: the chart is opened"),
  orders.map((order) => html("option", { value: order.value, selected: order === shown }, order.label)));
  return select;
}

/** The references of the resources that feed any of these facts. */
const feeding = (answer, facts) =>
  new Set(answer.resources.filter((line) => line.for?.some((fact) => facts.includes(fact))).map((line) => line.reference));

const daysBefore = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);

/** A template with its places filled: `@patient`, `@date`, `@value`; `@today` goes, as a draft needs no date. */
function filled(template, { patient, date, value }) {
  if (template === "@value") return value;
  if (template === "@date") return date;
  if (template === "@today") return undefined;
  if (template === "@patient") return `Patient/${patient}`;
  if (Array.isArray(template)) return template.map((item) => filled(item, { patient, date, value }));
  if (template && typeof template === "object") {
    return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, filled(item, { patient, date, value })]).filter(([, item]) => item !== undefined));
  }
  return template;
}
