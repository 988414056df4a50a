/** Reading and changing a hook request. Every function that changes something returns a new request. */

/** The prefetch key of each type of resource that is read from a record. */
export const KEY_OF_TYPE = {
  Patient: "patient", Condition: "conditions", Observation: "labs", DiagnosticReport: "labs", MedicationRequest: "medications",
  MedicationOrder: "medications", Medication: "medications", MedicationStatement: "statements", MedicationUsage: "statements",
  MedicationDispense: "administrations", MedicationAdministration: "administrations", Procedure: "procedures", AllergyIntolerance: "allergies",
};

const ORDER_HOOKS = ["order-select", "order-sign"];

/** The opening of a patient's chart, from all of the patient's resources: what is not among them is not recorded. */
export function patientView(patient, resources) {
  const prefetch = { patient };
  for (const key of new Set(Object.values(KEY_OF_TYPE))) if (key !== "patient") prefetch[key] = bundleOf([]);
  for (const resource of resources) {
    const key = KEY_OF_TYPE[resource.resourceType];
    if (key && key !== "patient") prefetch[key].entry.push({ resource });
  }
  return { hook: "patient-view", hookInstance: newId(), context: { userId: "Practitioner/example", patientId: patient.id }, prefetch };
}

const bundleOf = (resources) => ({ resourceType: "Bundle", type: "collection", entry: resources.map((resource) => ({ resource })) });

/** A random UUID, also where the page is not served over https. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Every resource in a Bundle, an array or a resource, with its place in the words the service uses. */
export function* resourcesIn(value, place) {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* resourcesIn(item?.resourceType ? item : item?.resource, `${place}[${index}]`);
  } else if (value?.resourceType === "Bundle" || value?.entry) {
    yield* resourcesIn([value.entry ?? []].flat(), `${place}.entry`);
  } else if (value?.resourceType) {
    yield { place, resource: value };
  }
}

/** How the service names a resource: `Type/id`, or its place when it has no id. */
export const referenceOf = ({ place, resource }) => (resource.id ? `${resource.resourceType}/${resource.id}` : place);

const PREFETCH_KEYS = ["patient", "conditions", "labs", "medications", "statements", "administrations", "procedures", "allergies"];

/** The parts of a request that hold resources, drafts first: [name, resources]; a prefetch key that was not sent has none, not even an empty list. */
export function partsOf(request) {
  const prefetch = request.prefetch ?? {};
  const keys = [...new Set([...PREFETCH_KEYS, ...Object.keys(prefetch)])];
  return [
    ["draft orders", [...resourcesIn(request.context?.draftOrders, "context.draftOrders")]],
    ...keys.map((key) => [key, key in prefetch ? [...resourcesIn(prefetch[key], `prefetch.${key}`)] : undefined]),
  ];
}

export const draftsOf = (request) => [...resourcesIn(request.context?.draftOrders, "context.draftOrders")].map((one) => one.resource);

export const serviceOf = (request) => `b12-${request.hook}`;

const textsOfParts = new WeakMap();

/**
 * The request as JSON text. The parts of prefetch are never changed in place, so each is written once: they are most of the text, and
 * most changes leave most of them alone.
 */
export function textOf({ prefetch, ...rest }) {
  const text = JSON.stringify(rest);
  if (!prefetch) return text;
  const parts = Object.entries(prefetch).map(([key, part]) => `${JSON.stringify(key)}:${textOfPart(part)}`);
  return `${text.slice(0, -1)},"prefetch":{${parts.join()}}}`;
}

function textOfPart(part) {
  if (part === null || typeof part !== "object") return JSON.stringify(part);
  if (!textsOfParts.has(part)) textsOfParts.set(part, JSON.stringify(part));
  return textsOfParts.get(part);
}

/** The request with these drafts, and these of them selected. Without drafts it is the opening of the chart. */
export function withDrafts(request, drafts, selections) {
  const { draftOrders, selections: before, ...context } = request.context;
  if (!drafts.length && !ORDER_HOOKS.includes(request.hook)) return { ...request, hookInstance: newId() };
  const hook = ORDER_HOOKS.includes(request.hook) ? request.hook : "order-select";
  const selected = hook === "order-select" ? { selections } : {};
  return { ...request, hook, hookInstance: newId(), context: { ...context, ...selected, draftOrders: bundleOf(drafts) } };
}

/** The request with one other order in place of all drafts; without an order, the opening of the chart. */
export function withOrder(request, order) {
  if (order) return withDrafts({ ...request, hook: "order-select" }, [order], [`${order.resourceType}/${order.id}`]);
  const { draftOrders, selections, ...context } = request.context;
  return { ...request, hook: "patient-view", hookInstance: newId(), context };
}

/** The request as an EHR sends it after a suggestion was taken: deletes, then creates, then updates (R101). */
export function withSuggestion(request, suggestion) {
  const actions = (type) => (suggestion.actions ?? []).filter((action) => action.type === type);
  const named = (resource) => `${resource.resourceType}/${resource.id}`;
  const deleted = new Set(actions("delete").map((action) => [action.resourceId ?? named(action.resource)].flat()[0]));
  let drafts = draftsOf(request).filter((draft) => !deleted.has(named(draft)));
  const created = actions("create").map((action) => withNewId(action.resource, drafts));
  const updated = new Map(actions("update").map((action) => [named(action.resource), action.resource]));
  drafts = [...drafts.map((draft) => updated.get(named(draft)) ?? draft), ...created];
  const present = new Set(drafts.map(named));
  const selections = (request.context.selections ?? []).filter((reference) => present.has(reference));
  return withDrafts(request, drafts, [...selections, ...created.map(named)]);
}

const withNewId = (resource) => ({ ...resource, id: resource.id ?? `accepted-${newId().slice(0, 8)}` });

const withPart = (request, key, value) => ({ ...request, prefetch: { ...request.prefetch, [key]: value } });

/** The request without these resources, named as the service names them, and without others of the same code. */
export function withoutResources(request, references, codesToo) {
  const codes = new Set();
  for (const [, resources] of partsOf(request)) {
    for (const one of resources ?? []) if (references.has(referenceOf(one))) codesOf(one.resource).forEach((code) => codes.add(code));
  }
  const goes = (one) => references.has(referenceOf(one)) || (codesToo && codesOf(one.resource).some((code) => codes.has(code)));
  let changed = request;
  for (const [key, value] of Object.entries(request.prefetch ?? {})) {
    if (key === "patient") continue;
    const resources = [...resourcesIn(value, `prefetch.${key}`)];
    const kept = resources.filter((one) => !goes(one));
    if (kept.length < resources.length) changed = withPart(changed, key, bundleOf(kept.map((one) => one.resource)));
  }
  return changed;
}

const codesOf = (resource) => (resource.code?.coding ?? []).map((coding) => `${coding.system}|${coding.code}`);

/** The request with one more resource under a prefetch key. */
export function withResource(request, key, resource) {
  const resources = [...resourcesIn(request.prefetch?.[key], key)].map((one) => one.resource);
  return withPart(request, key, bundleOf([...resources.filter((one) => one.id !== resource.id), resource]));
}

/** The request with a Patient of this age on this day; no age means no date of birth. */
export function withAge(request, years, asOf) {
  const { birthDate, ...patient } = request.prefetch?.patient ?? { resourceType: "Patient", id: request.context.patientId };
  if (years === "") return withPart(request, "patient", patient);
  const day = asOf.slice(5) === "02-29" ? "02-28" : asOf.slice(5);
  return withPart(request, "patient", { ...patient, birthDate: `${Number(asOf.slice(0, 4)) - years}-${day}` });
}
