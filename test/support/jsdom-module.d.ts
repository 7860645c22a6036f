// The part of jsdom that the tests use; its own types are not installed.
declare module "jsdom" {
  interface Dom {
    readonly window: { readonly document: Node };
  }
  export const JSDOM: new (text: string, options?: { readonly contentType?: string }) => Dom;
}
