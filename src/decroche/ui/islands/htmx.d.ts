/** The part of htmx 2 that islands use; the library itself comes from django-htmx. */
interface HtmxAjaxContext {
  target?: string | Element;
  swap?: string;
  source?: string | Element;
  values?: Record<string, string>;
  headers?: Record<string, string>;
}
interface HtmxExtension {
  isInlineSwap(style: string): boolean;
  handleSwap(style: string, target: Element, fragment: DocumentFragment): Promise<Node[]> | Node[] | false;
}
interface Htmx {
  ajax(verb: string, path: string, context: string | Element | HtmxAjaxContext): Promise<void>;
  trigger(element: string | Element, name: string, detail?: unknown): void;
  process(element: Element): void;
  swap(target: string | Element, content: string, how: { swapStyle: string }): void;
  find(selector: string): Element | null;
  defineExtension(name: string, extension: HtmxExtension): void;
}
declare const htmx: Htmx;
