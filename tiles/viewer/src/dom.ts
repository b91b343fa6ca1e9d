// Building the page: elements with attributes, listeners and children.

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | ((event: never) => void) | undefined>;

/** An element; `on…` attributes are listeners, `false` and `undefined` leave an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child): child is Node | string | number => child !== null && child !== undefined && child !== false).map((child) => (typeof child === 'number' ? String(child) : child)));
  return element;
}

/** The element with this id, which the page has from the start. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/** Calls back once nothing more has come for a while. */
export function settled<T extends unknown[]>(wait: number, call: (...values: T) => void): (...values: T) => void {
  let timer: number | undefined;
  return (...values) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => call(...values), wait);
  };
}

let fading: number | undefined;

/** Tells something for a few seconds. */
export function notice(text: string, bad = false): void {
  const place = byId('notice');
  place.textContent = text;
  place.className = bad ? 'shown bad' : 'shown';
  window.clearTimeout(fading);
  fading = window.setTimeout(() => (place.className = ''), 6000);
}
