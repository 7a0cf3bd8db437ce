/** Imports a module from where the peers are installed. */
export function load(name) {
  return import(name);
}
