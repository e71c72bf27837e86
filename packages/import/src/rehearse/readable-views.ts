/** Whole seconds since 1970 of ticks, and the seven digits behind them. */
const DATE = `strftime('%Y-%m-%dT%H:%M:%S', chatDate / 10000000 - 62135596800, 'unixepoch') || printf('.%07dZ', chatDate % 10000000)`;

/**
 * Views for whoever opens a database that was left by `--keep`: messages and roles with names in the place of ids, and
 * dates in the place of ticks. They need no function of ours, so that any SQLite shows them.
 */
export const READABLE_VIEWS = `
CREATE VIEW readableMessages AS
  SELECT n.nodeName AS room, c.chatId, ${DATE} AS date, coalesce(p.prinDisplayName, p.prinName, p.prinUri) AS author,
    p.prinUri AS authorUri, c.isAlert, c.content, c.rtf
  FROM tblChat c LEFT JOIN tblNode n ON n.nodeID = c.channelId LEFT JOIN tblPrincipal p ON p.prinID = c.userId;

CREATE VIEW readableRoles AS
  SELECT n.nodeName AS node, iif(n.nodeType = 1, 'category', 'room') AS kind, t.rtypeDesc AS role, p.prinUri AS principalUri
  FROM tblPrincipalRole r JOIN tblNode n ON n.nodeID = r.prinRoleNodeID
    JOIN tblPrincipal p ON p.prinID = r.prinRolePrinID JOIN tblRoleType t ON t.rtypeID = r.prinRoleTypeID;
`;
