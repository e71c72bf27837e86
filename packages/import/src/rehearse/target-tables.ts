const HEX = '[0-9a-fA-F]';
const GUID = [8, 4, 4, 4, 12].map((digits) => HEX.repeat(digits)).join('-');

/**
 * The tables of the target's database (`mgc`) that an import fills, as far as a package says anything of them, in
 * SQLite's words. Source: Persistent Chat database schema, Lync Server 2013 and Skype for Business Server 2015 (the two
 * agree).
 *
 * SQLite has no lengths, so that they are CHECKs, of characters: UTF-16 units are counted by `UNIT_TRIGGERS`;
 * `uniqueidentifier` has one form, `bit` is 0 or 1, `int` has 32 bits. Tables are STRICT, so that nothing is converted
 * in silence. Columns that the server fills by itself have its values as defaults; `tblChat` has no foreign keys,
 * because none are documented: queries look for orphans instead.
 */
export const TARGET_TABLES = `
CREATE TABLE tblEnumValue (
  valueID INTEGER NOT NULL PRIMARY KEY, attributeID INTEGER NOT NULL, attributeValue TEXT NOT NULL
) STRICT;
INSERT INTO tblEnumValue VALUES (2, 1, 'Private'), (3, 1, 'Scoped'), (4, 2, 'Normal'), (5, 2, 'Auditorium'), (6, 1, 'Open');

CREATE TABLE tblPrincipalType (
  ptypeID INTEGER NOT NULL PRIMARY KEY, ptypeDesc TEXT NOT NULL, ptypeIsSystemUser INTEGER NOT NULL, ptypeIsUser INTEGER NOT NULL
) STRICT;
INSERT INTO tblPrincipalType VALUES
  (4, 'SystemUser', 1, 1), (5, 'User', 0, 1), (8, 'DC', 0, 0), (9, 'Group', 0, 0), (10, 'Folder', 0, 0);

CREATE TABLE tblRoleType (
  rtypeID INTEGER NOT NULL PRIMARY KEY, rtypeDesc TEXT NOT NULL, rtypeAllowedPermSet INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO tblRoleType (rtypeID, rtypeDesc) VALUES (1, 'Member'), (2, 'Manager'), (3, 'Voiced'), (4, 'Creator');

CREATE TABLE tblPrincipal (
  prinID INTEGER NOT NULL PRIMARY KEY ${int('prinID')},
  prinGuid TEXT NOT NULL UNIQUE ${guid('prinGuid')},
  prinUri TEXT NOT NULL ${nvarchar('prinUri', 256)},
  prinName TEXT ${nvarchar('prinName', 256)},
  prinDisplayName TEXT ${nvarchar('prinDisplayName', 256)},
  prinCompanyName TEXT ${nvarchar('prinCompanyName', 256)},
  prinEmail TEXT ${nvarchar('prinEmail', 256)},
  prinADPath TEXT ${nvarchar('prinADPath', 384)},
  prinADUserPrincipalName TEXT ${nvarchar('prinADUserPrincipalName', 256)},
  prinDisabled INTEGER NOT NULL CONSTRAINT "prinDisabled is 0, 1 or 2" CHECK (prinDisabled IN (0, 1, 2)),
  prinTypeID INTEGER NOT NULL REFERENCES tblPrincipalType (ptypeID),
  prinPoolID INTEGER,
  prinPolicyID INTEGER,
  prinAddedBy INTEGER,
  prinAddedOn INTEGER NOT NULL DEFAULT 0,
  prinUpdatedBy INTEGER,
  prinUpdatedOn INTEGER NOT NULL DEFAULT 0,
  prinVerifiedOn TEXT NOT NULL DEFAULT '1753-01-01'
) STRICT;

CREATE TABLE tblPrincipalAffiliations (
  principalID INTEGER NOT NULL REFERENCES tblPrincipal (prinID),
  affiliationID INTEGER NOT NULL REFERENCES tblPrincipal (prinID),
  "index" INTEGER NOT NULL ${int('"index"')},
  updatedBy INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (principalID, "index", affiliationID)
) STRICT, WITHOUT ROWID;

CREATE TABLE tblSiopWhiteList (
  siopID TEXT NOT NULL PRIMARY KEY ${guid('siopID')},
  siopName TEXT NOT NULL ${nvarchar('siopName', 50)},
  siopUrl TEXT NOT NULL ${nvarchar('siopUrl', 255)}
) STRICT;

CREATE TABLE tblNode (
  nodeID INTEGER NOT NULL PRIMARY KEY ${int('nodeID')},
  nodeGuid TEXT NOT NULL UNIQUE ${guid('nodeGuid')},
  parentID INTEGER REFERENCES tblNode (nodeID),
  nodeType INTEGER NOT NULL ${bit('nodeType')},
  nodeName TEXT NOT NULL ${nvarchar('nodeName', 256)},
  nodeDesc TEXT NOT NULL ${nvarchar('nodeDesc', 256)},
  invite INTEGER ${bit('invite')},
  logged INTEGER ${bit('logged')},
  filePost INTEGER ${bit('filePost')},
  disabled INTEGER NOT NULL ${bit('disabled')},
  behavior INTEGER NOT NULL REFERENCES tblEnumValue (valueID),
  visibility INTEGER NOT NULL REFERENCES tblEnumValue (valueID),
  siopID TEXT REFERENCES tblSiopWhiteList (siopID),
  nodeAddedBy INTEGER NOT NULL DEFAULT 1 ${int('nodeAddedBy')},
  nodeAddedOn INTEGER NOT NULL DEFAULT 0,
  nodeUpdatedBy INTEGER NOT NULL DEFAULT 1 ${int('nodeUpdatedBy')},
  nodeUpdatedOn INTEGER NOT NULL DEFAULT 0,
  purgedOn TEXT
) STRICT;
INSERT INTO tblNode (nodeID, nodeGuid, parentID, nodeType, nodeName, nodeDesc, invite, logged, filePost, disabled, behavior, visibility)
  VALUES (1, '00000000-0000-0000-0000-000000000000', 1, 1, 'Root', '', 0, 0, 0, 0, 4, 3);

CREATE TABLE tblScopePrincipal (
  scopeNodeID INTEGER NOT NULL REFERENCES tblNode (nodeID),
  scopePrinID INTEGER NOT NULL REFERENCES tblPrincipal (prinID),
  scopeIsDenied INTEGER NOT NULL ${bit('scopeIsDenied')},
  scopeUpdatedBy INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (scopeNodeID, scopePrinID)
) STRICT, WITHOUT ROWID;

CREATE TABLE tblPrincipalRole (
  prinRoleNodeID INTEGER NOT NULL REFERENCES tblNode (nodeID),
  prinRolePrinID INTEGER NOT NULL REFERENCES tblPrincipal (prinID),
  prinRoleTypeID INTEGER NOT NULL REFERENCES tblRoleType (rtypeID),
  prinRoleUpdatedBy INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (prinRoleNodeID, prinRolePrinID, prinRoleTypeID)
) STRICT, WITHOUT ROWID;

CREATE TABLE tblPrincipalInvites (
  prinID INTEGER NOT NULL REFERENCES tblPrincipal (prinID),
  invID INTEGER NOT NULL,
  nodeID INTEGER NOT NULL REFERENCES tblNode (nodeID),
  createdOn TEXT NOT NULL,
  PRIMARY KEY (prinID, nodeID)
) STRICT, WITHOUT ROWID;

CREATE TABLE tblChat (
  channelId INTEGER NOT NULL ${int('channelId')},
  chatId INTEGER NOT NULL,
  chatDate INTEGER NOT NULL,
  userId INTEGER NOT NULL ${int('userId')},
  isAlert INTEGER NOT NULL ${bit('isAlert')},
  content TEXT NOT NULL,
  rtf TEXT,
  PRIMARY KEY (channelId, chatId)
) STRICT, WITHOUT ROWID;

CREATE TABLE tblLastChatId (
  nodeID INTEGER NOT NULL PRIMARY KEY REFERENCES tblNode (nodeID),
  lastChatID INTEGER NOT NULL
) STRICT;
`;

/** Tables that a package fills, in the order in which they are told. */
export const FILLED_TABLES = [
  'tblPrincipal',
  'tblPrincipalAffiliations',
  'tblSiopWhiteList',
  'tblNode',
  'tblScopePrincipal',
  'tblPrincipalRole',
  'tblLastChatId',
  'tblChat',
] as const;

export type FilledTable = (typeof FILLED_TABLES)[number];

function nvarchar(column: string, units: number): string {
  return `CONSTRAINT "${column} is nvarchar(${units})" CHECK (length(${column}) <= ${units})`;
}

function guid(column: string): string {
  return `CONSTRAINT "${column} is a uniqueidentifier" CHECK (${column} GLOB '${GUID}')`;
}

function bit(column: string): string {
  return `CONSTRAINT "${column} is a bit" CHECK (${column} IN (0, 1))`;
}

function int(column: string): string {
  return `CONSTRAINT "${column.replaceAll('"', '')} is an int" CHECK (${column} BETWEEN -2147483648 AND 2147483647)`;
}

/** Columns whose lengths the target counts in UTF-16 units. */
const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tblPrincipal: {
    prinUri: 256,
    prinName: 256,
    prinDisplayName: 256,
    prinCompanyName: 256,
    prinEmail: 256,
    prinADPath: 384,
    prinADUserPrincipalName: 256,
  },
  tblSiopWhiteList: { siopName: 50, siopUrl: 255 },
  tblNode: { nodeName: 256, nodeDesc: 256 },
};

/**
 * What the function `utf16_units` finds too long; temporary, so that a database that is kept opens without that
 * function.
 */
export const UNIT_TRIGGERS = Object.entries(UNITS)
  .flatMap(([table, columns]) =>
    Object.entries(columns).map(
      ([column, units]) => `CREATE TEMP TRIGGER ${column}_units BEFORE INSERT ON main.${table}
        WHEN utf16_units(NEW.${column}) > ${units}
        BEGIN SELECT RAISE(ABORT, 'constraint failed: ${column} is nvarchar(${units})'); END;`,
    ),
  )
  .join('\n');
