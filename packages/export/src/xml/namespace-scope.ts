const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

interface Binding {
  readonly prefix: string;
  readonly uri: string;
  readonly depth: number;
}

/** The namespace declarations in scope (Namespaces in XML 1.0). Memory: one entry an open declaration. */
export class NamespaceScope {
  readonly #bindings: Binding[] = [];

  /** Declares `prefix` ('' for the default) on the element at `depth`. Returns what is wrong with it, or null. */
  declare(prefix: string, uri: string, depth: number): string | null {
    this.#bindings.push({ prefix, uri, depth });
    if (prefix === 'xmlns') return 'Unexpected declaration of the prefix xmlns';
    if ((prefix === 'xml') !== (uri === XML_NAMESPACE))
      return 'Unexpected binding of the prefix xml or its namespace';
    if (uri === XMLNS_NAMESPACE) return 'Unexpected binding to the xmlns namespace';
    if (uri === '' && prefix !== '') return `Unexpected empty namespace for the prefix ${prefix}`;
    return null;
  }

  /** Ends the scope of every element that was opened at `depth` or below it. */
  close(depth: number): void {
    while ((this.#bindings.at(-1)?.depth ?? -1) >= depth) this.#bindings.pop();
  }

  /** The namespace of a prefix, or null when it is unbound. */
  lookUp(prefix: string): string | null {
    for (let i = this.#bindings.length - 1; i >= 0; i--) {
      const binding = this.#bindings[i] as Binding;
      if (binding.prefix === prefix) return binding.uri;
    }
    return prefix === 'xml' ? XML_NAMESPACE : null;
  }
}
