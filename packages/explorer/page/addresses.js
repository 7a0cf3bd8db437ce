// What the address bar names: a view, and what it shows.
import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** Where the reader is. */
export const here = computed(() => {
  const [view = "", search = ""] = hash.value.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { view, parameters: new URLSearchParams(search) };
});

/**
 * Values of parameters. What is absent or empty is left out.
 * @typedef {Record<string, string | number | null | undefined>} Values
 */

/** The values as they are written in an address. @param {Values} values */
export function search(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** The address of a view. @param {string} view @param {Values} [values] */
export const to = (view, values = {}) => `#/${view}${search(values)}`;

/** Goes to a view: the browser's "back" returns from it. @param {string} view @param {Values} [values] */
export function go(view, values) {
  location.hash = to(view, values);
}

/** Goes to a view in place of this one: what a slider passes over is no step of its own. @param {string} view @param {Values} [values] */
export function goInPlace(view, values) {
  history.replaceState(null, "", to(view, values));
  hash.value = location.hash;
}

/** The parameters that are given, by name. @param {string[]} names @returns {Record<string, string>} */
export function given(...names) {
  const { parameters } = here.value;
  return Object.fromEntries(
    names.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name) ?? ""]] : [])),
  );
}
