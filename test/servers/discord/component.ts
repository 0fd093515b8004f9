/** A message or modal component, as loosely as JSON brings it: the rules and the keyboard look at the fields they know. */
export type Component = {
  type: number;
  id?: number | null;
  custom_id?: string | null;
  label?: string | null;
  description?: string | null;
  style?: number;
  url?: string | null;
  sku_id?: string | null;
  emoji?: { id?: string | null; name?: string | null } | null;
  disabled?: boolean | null;
  required?: boolean | null;
  placeholder?: string | null;
  value?: string | null;
  content?: string;
  default?: boolean | null;
  min_values?: number | null;
  max_values?: number | null;
  min_length?: number | null;
  max_length?: number | null;
  options?: SelectOption[];
  components?: Component[];
  component?: Component;
  accessory?: Component;
  items?: { media: { url: string } }[];
  media?: { url: string };
  file?: { url: string };
};

export type SelectOption = {
  label: string;
  value: string;
  description?: string | null;
  default?: boolean | null;
  emoji?: Component['emoji'];
};

export type Path = (string | number)[];

/** Numbers of Discord's component types. */
export const Kind = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
  checkbox: 23,
} as const;

export const selectKinds: readonly number[] = [3, 5, 6, 7, 8];

/** Every component with its path, parents first. */
export function* walk(
  components: readonly Component[],
  path: Path = [],
): Generator<{ component: Component; path: Path }> {
  for (const [index, component] of components.entries()) yield* walkOne(component, [...path, index]);
}

function* walkOne(component: Component, path: Path): Generator<{ component: Component; path: Path }> {
  yield { component, path };
  if (component.components) yield* walk(component.components, [...path, 'components']);
  if (component.component) yield* walkOne(component.component, [...path, 'component']);
  if (component.accessory) yield* walkOne(component.accessory, [...path, 'accessory']);
}

/** The URLs a component shows: `attachment://` ones must name a file of the same message. */
export function mediaOf(component: Component): { url: string; path: Path }[] {
  const found: { url: string; path: Path }[] = [];
  if (component.media) found.push({ url: component.media.url, path: ['media', 'url'] });
  if (component.file) found.push({ url: component.file.url, path: ['file', 'url'] });
  component.items?.forEach((item, index) =>
    found.push({ url: item.media.url, path: ['items', index, 'media', 'url'] }),
  );
  return found;
}

/** As Discord stores them: without nulls, every component numbered, the defaults filled in. */
export function settle(components: readonly Component[]): Component[] {
  const used = new Set([...walk(components)].map(({ component }) => component.id).filter((id) => id));
  let last = 0;
  const next = () => {
    do last += 1;
    while (used.has(last));
    return last;
  };
  const one = (component: Component): Component => {
    const out = withoutNulls(component) as Component;
    out.id = component.id || next();
    Object.assign(out, defaults[component.type]?.(out));
    if (out.components) out.components = out.components.map(one);
    if (out.component) out.component = one(out.component);
    if (out.accessory) out.accessory = one(out.accessory);
    return out;
  };
  return components.map(one);
}

const range = (one: Component) => ({ min_values: one.min_values ?? 1, max_values: one.max_values ?? 1 });
const defaults: Record<number, (one: Component) => object> = {
  [Kind.stringSelect]: (one) => ({
    ...range(one),
    options: (one.options ?? []).map((option) => withoutNulls(option) as SelectOption),
  }),
  [Kind.userSelect]: range,
  [Kind.roleSelect]: range,
  [Kind.mentionableSelect]: range,
  [Kind.channelSelect]: range,
  [Kind.container]: (one) => ({ accent_color: null, spoiler: false, ...one }),
  [Kind.separator]: (one) => ({ spacing: 1, divider: true, ...one }),
  [Kind.thumbnail]: (one) => ({ description: null, spoiler: false, ...one }),
  [Kind.file]: (one) => ({ name: null, size: null, spoiler: false, ...one }),
};

const withoutNulls = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null && field !== undefined));
