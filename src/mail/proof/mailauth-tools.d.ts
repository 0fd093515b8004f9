/** The part of mailauth's own tools we use; the package has no types for them. */
declare module 'mailauth/lib/tools.js' {
  const tools: {
    /** The entry whose organisational domain (public suffix list) equals that of `fromDomain`, or false. */
    getAlignment(fromDomain: string, domains: string[]): { domain: string } | false;
  };
  export default tools;
}
