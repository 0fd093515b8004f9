/** The key of a field in a handler's input, in JSON and in the locales: `last-name` → `lastName`. */
export const camel = (name: string): string =>
  // most have none, and this runs for every field of every command
  name.includes('-') ? name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) : name;
