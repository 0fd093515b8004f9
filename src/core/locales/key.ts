/** The key of a field in a handler's input, in JSON and in the locales: `last-name` → `lastName`. */
export const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
