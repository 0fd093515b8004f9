import { Kind, mediaOf, selectKinds, walk, type Component, type Path } from './component.js';
import { badLength, lengthOf, missing, tooLong, type FieldFault } from './refusal.js';

/** A single Unicode emoji, or the name that goes with a custom one's id. */
const unicodeEmoji = new RegExp('^\\p{RGI_Emoji}\\uFE0F?$', 'v');

const fault = (path: Path, code: string, message: string): FieldFault => ({ path, code, message });

/** What the document leaves out about the components of a message. `path` is where they stand in the body. */
export function messageComponentFaults(components: Component[], path: Path, v2: boolean): FieldFault[] {
  const faults: FieldFault[] = [];
  if (v2) faults.push(...layoutFaults(components, path));
  else faults.push(...legacyFaults(components, path));
  faults.push(...duplicateFaults(components, path));
  for (const { component, path: at } of walk(components, path)) {
    if (component.type === Kind.row) faults.push(...rowFaults(component, at));
    if (component.type === Kind.button) faults.push(...buttonFaults(component, at));
    if (selectKinds.includes(component.type)) faults.push(...selectFaults(component, at));
  }
  return faults;
}

/** Without the flag of components v2 a message holds rows alone, five at most. */
function legacyFaults(components: Component[], path: Path): FieldFault[] {
  const faults = components.length > 5 ? [badLength(path, 1, 5)] : [];
  components.forEach((component, index) => {
    if (component.type === Kind.row) return;
    const message = 'Value of field "type" must be one of (1,).';
    faults.push(fault([...path, index, 'type'], 'UNION_TYPE_CHOICES', message));
  });
  return faults;
}

function layoutFaults(components: Component[], path: Path): FieldFault[] {
  const all = [...walk(components, path)];
  const faults: FieldFault[] = [];
  if (all.length > 40)
    faults.push(fault(path, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'Total number of components exceeds 40.'));
  const text = all.reduce((sum, { component }) => sum + textLength(component), 0);
  if (text > 4000)
    faults.push(fault(path, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', 'Displayable text exceeds 4000 characters.'));
  for (const { component, path: at } of all)
    if (component.type === Kind.text && !component.content) faults.push(badLength([...at, 'content'], 1, 4000));
  return faults;
}

const textLength = (component: Component) => (component.type === Kind.text ? lengthOf(component.content ?? '') : 0);

function duplicateFaults(components: Component[], path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  const customIds = new Set<string>();
  const ids = new Set<number>();
  for (const { component, path: at } of walk(components, path)) {
    const { custom_id: customId, id } = component;
    if (typeof customId === 'string' && customIds.size === customIds.add(customId).size) {
      const message = 'Component custom id cannot be duplicated';
      faults.push(fault([...at, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', message));
    }
    if (id && ids.size === ids.add(id).size)
      faults.push(fault([...at, 'id'], 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated'));
  }
  return faults;
}

function rowFaults(row: Component, path: Path): FieldFault[] {
  const selects = (row.components ?? []).filter(({ type }) => selectKinds.includes(type)).length;
  if (!selects || (row.components ?? []).length === 1) return [];
  const message = 'The specified component exceeds the maximum width';
  return [fault([...path, 'components'], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message)];
}

function buttonFaults(button: Component, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  const wanted = button.style === 5 ? 'url' : button.style === 6 ? 'sku_id' : 'custom_id';
  for (const field of ['url', 'sku_id', 'custom_id'] as const) {
    if (field === wanted && !button[field]) faults.push(missing([...path, field]));
    if (field !== wanted && button[field]) {
      const message = `A button of style ${button.style} cannot have ${field}.`;
      faults.push(fault([...path, field], 'BUTTON_COMPONENT_FIELD_NOT_ALLOWED', message));
    }
  }
  if (button.url && !/^(https?|discord):\/\//.test(button.url)) faults.push(schemeFault([...path, 'url']));
  if (button.style !== 6 && !button.label?.trim() && !button.emoji) faults.push(missing([...path, 'label']));
  faults.push(...emojiFaults(button.emoji, [...path, 'emoji']));
  return faults;
}

/** A URL of another scheme. */
export const schemeFault = (path: Path): FieldFault =>
  fault(path, 'URL_TYPE_INVALID_SCHEME', "Scheme must be one of ('http', 'https').");

function emojiFaults(emoji: Component['emoji'], path: Path): FieldFault[] {
  if (!emoji || emoji.id || unicodeEmoji.test(emoji.name ?? '')) return [];
  return [fault([...path, 'name'], 'COMPONENT_INVALID_EMOJI', 'Invalid emoji')];
}

function selectFaults(select: Component, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  const [min, max] = [select.min_values ?? 1, select.max_values ?? 1];
  if (min > max) {
    const message = 'min_values must be less than or equal to max_values.';
    faults.push(fault([...path, 'min_values'], 'SELECT_COMPONENT_MIN_VALUES', message));
  }
  const options = select.options;
  if (!options) return faults;
  // Reported by users of several libraries: fewer options than max_values is a length fault of the options.
  if (options.length < max || options.length > 25) faults.push(badLength([...path, 'options'], max, 25));
  if (options.filter((option) => option.default).length > max)
    faults.push(fault([...path, 'options'], 'SELECT_COMPONENT_TOO_MANY_DEFAULT_OPTIONS', 'Too many default options.'));
  const values = new Set<string>();
  options.forEach((option, index) => {
    const at = [...path, 'options', index];
    if (values.size === values.add(option.value).size) {
      const message = 'The specified option value is already used';
      faults.push(fault([...at, 'value'], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message));
    }
    if (!option.label.trim()) faults.push(missing([...at, 'label']));
    if (lengthOf(option.description ?? '') > 100) faults.push(tooLong([...at, 'description'], 100));
    faults.push(...emojiFaults(option.emoji, [...at, 'emoji']));
  });
  return faults;
}

/** What the document leaves out about a modal: 1–5 components, each a row with one text input, a label or a text. */
export function modalFaults(modal: { title?: string; components: Component[] }, path: Path): FieldFault[] {
  const { components } = modal;
  const at = [...path, 'components'];
  const faults = [...duplicateFaults(components, at)];
  if (components.length < 1 || components.length > 5) faults.push(badLength(at, 1, 5));
  if (!modal.title?.trim()) faults.push(missing([...path, 'title']));
  for (const { component, path: where } of walk(components, at)) {
    if (component.type === Kind.row) faults.push(...modalRowFaults(component, where));
    if (component.type === Kind.label) faults.push(...labelFaults(component, where));
    if (component.type === Kind.textInput) faults.push(...textInputFaults(component, where));
    if (selectKinds.includes(component.type)) faults.push(...selectFaults(component, where));
    if ('min_values' in component || 'required' in component) faults.push(...requiredFaults(component, where));
    if (component.disabled) {
      const message = 'Modals cannot have disabled components';
      faults.push(fault([...where, 'disabled'], 'MODAL_COMPONENT_DISABLED', message));
    }
  }
  return faults;
}

function modalRowFaults(row: Component, path: Path): FieldFault[] {
  const faults: FieldFault[] = [];
  if ((row.components ?? []).length !== 1) {
    const message = 'The specified component exceeds the maximum width';
    faults.push(fault([...path, 'components'], 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message));
  }
  row.components?.forEach((input, index) => {
    if (!input.label?.trim()) faults.push(missing([...path, 'components', index, 'label']));
  });
  return faults;
}

/** The label says what the field is; the text input inside must not say it again. */
function labelFaults(label: Component, path: Path): FieldFault[] {
  const faults: FieldFault[] = label.label?.trim() ? [] : [missing([...path, 'label'])];
  if (label.component?.label) {
    const message = 'A text input inside a label cannot have a label.';
    faults.push(fault([...path, 'component', 'label'], 'LABEL_COMPONENT_LABEL_NOT_ALLOWED', message));
  }
  return faults;
}

function textInputFaults(input: Component, path: Path): FieldFault[] {
  const [min, max] = [input.min_length ?? 0, input.max_length ?? 4000];
  const faults: FieldFault[] = [];
  if (min > max) {
    const message = 'min_length must be less than or equal to max_length.';
    faults.push(fault([...path, 'min_length'], 'TEXT_INPUT_COMPONENT_MIN_LENGTH', message));
  }
  if (lengthOf(input.value ?? '') > max) faults.push(tooLong([...path, 'value'], max));
  return faults;
}

/** In a modal a required choice can't allow choosing nothing. */
function requiredFaults(component: Component, path: Path): FieldFault[] {
  if (component.required === false || component.min_values !== 0) return [];
  const message = 'min_values must be at least 1 if the component is required.';
  return [fault([...path, 'min_values'], 'COMPONENT_REQUIRED_MIN_VALUES', message)];
}

/** `attachment://name` must name a file that comes with the message. */
export function mediaFaults(components: Component[], path: Path, filenames: ReadonlySet<string>): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const { component, path: at } of walk(components, path))
    for (const { url, path: where } of mediaOf(component)) {
      const name = url.startsWith('attachment://') ? url.slice('attachment://'.length) : undefined;
      if (name === undefined && component.type !== Kind.file && /^https?:/.test(url)) continue;
      if (name !== undefined && filenames.has(name)) continue;
      faults.push({
        path: [...at, ...where],
        code: 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
        message: `The referenced attachment ("${url}") was not found`,
      });
    }
  return faults;
}
