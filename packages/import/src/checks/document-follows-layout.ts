import { type Check, sayFaults } from '../check.js';

/**
 * # document-follows-layout
 *
 * **Must hold.** Every document of the layout is there and has only the layout's elements and attributes, nested and
 * ordered as there, with values coded as there; no white space stands inside a record, and no comment or processing
 * instruction inside the document, because the published script counts child nodes. The order of attributes is free,
 * for XML gives it no meaning.
 * With `--reference`, a ZIP of Export-CsPersistentChatData, every document, element, attribute and namespace of the
 * package occurs there in the same place, and no elements stand in an order that it has only the other way round.
 *
 * **Basis.** The layout file; its published part is TeamsAdminSamples/PowerShell, PChatToTeams.ps1.
 *
 * **Severity.** error
 *
 * **Remedy.** Validate with the layout with which the package was written, or write the package again.
 *
 * **Memory.** Nothing; with `--reference` one shape for each kind of element.
 */
export const documentFollowsLayout: Check = {
  id: 'document-follows-layout',
  severities: ['error'],
  needs: [],
  sees: 'documents',
  begin: () => sayFaults('layout'),
};
