import { type Column, type ColumnType, documentedTable } from '../support/export-model.js';
import type { LargeShape } from '../support/large-document.js';

const ROOT: Readonly<Record<LargeShape, string>> = { attributes: 'root', elements: 'NewDataSet' };

/** Tables of a generated export. */
const TABLES = [
  'tblRoleType',
  'tblPrincipal',
  'tblPrincipalAffiliations',
  'tblNode',
  'tblScopePrincipal',
  'tblPrincipalRole',
  'tblLastChatId',
  'tblChat',
];

const XSD_TYPE: Readonly<Record<ColumnType, string>> = {
  int: 'xs:int',
  bigint: 'xs:long',
  bit: 'xs:boolean',
  guid: 'guid',
  datetime: 'xs:dateTime',
  text: 'xs:string',
};

/** An XML Schema that a generated export of that shape is valid against; for `xmllint --schema`. */
export function exportSchema(shape: LargeShape): string {
  const rows = TABLES.map((table) => rowDeclaration(table, shape));
  return `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="guid">
    <xs:restriction base="xs:string">
      <xs:pattern value="[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"/>
    </xs:restriction>
  </xs:simpleType>
  <xs:element name="${ROOT[shape]}">
    <xs:complexType>
      <xs:choice minOccurs="0" maxOccurs="unbounded">
${rows.join('\n')}
      </xs:choice>
    </xs:complexType>
  </xs:element>
</xs:schema>
`;
}

function rowDeclaration(table: string, shape: LargeShape): string {
  const { columns } = documentedTable(table, []);
  const declared = columns.map(shape === 'attributes' ? attribute : element).join('');
  const content = shape === 'attributes' ? declared : `<xs:sequence>${declared}</xs:sequence>`;
  return `        <xs:element name="${table}"><xs:complexType>${content}</xs:complexType></xs:element>`;
}

function attribute({ name, type, nullable }: Column): string {
  return `<xs:attribute name="${name}" type="${XSD_TYPE[type]}"${nullable ? '' : ' use="required"'}/>`;
}

function element({ name, type, nullable }: Column): string {
  return `<xs:element name="${name}" type="${XSD_TYPE[type]}"${nullable ? ' minOccurs="0"' : ''}/>`;
}
