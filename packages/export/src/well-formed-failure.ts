import { truncationHint } from './input/console-artefacts.js';
import { EXPORT_RECIPE } from './input/recipes.js';
import { type FailureCode, RunFailure } from './run-failure.js';
import type { XmlFault } from './xml/xml-fault.js';

/**
 * What the administrator is told when a document ends the run: what, where, and the way out. `characters` is how
 * much of the document was read; a round number betrays the tool that cut it off.
 */
export function notWellFormed(fault: XmlFault, characters: number): RunFailure {
  const { file, line, column } = fault.place;
  const message = `${file}:${line}:${column}: ${fault.message}`;
  return new RunFailure(failureCode(fault), message, remedyFor(fault, characters), {
    place: fault.place,
    cause: fault,
  });
}

function failureCode(fault: XmlFault): FailureCode {
  switch (fault.code) {
    case 'doctype':
      return 'input-dtd';
    case 'too-deep':
    case 'too-long':
    case 'too-many-attributes':
    case 'too-many-names':
    case 'too-long-name':
      return 'input-limit';
    default:
      return 'input-not-well-formed';
  }
}

function remedyFor(fault: XmlFault, characters: number): string {
  switch (fault.code) {
    case 'doctype':
      return 'Remove the document type declaration, or export again: no export route writes one.';
    case 'unexpected-end':
      return (
        truncationHint(characters) ??
        'The file is cut off. Copy it again and compare sizes or hashes; if it is cut off at the source, export again.'
      );
    case 'too-deep':
    case 'too-long':
    case 'too-many-attributes':
    case 'too-many-names':
    case 'too-long-name':
      return `No export of this database needs as much. ${EXPORT_RECIPE}`;
    default:
      return `The document is damaged there, and nothing after that place can be trusted. ${EXPORT_RECIPE}`;
  }
}
