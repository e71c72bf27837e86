import type { RehearsalDatabase } from './rehearsal-database.js';

/** A query over the rehearsal's database, and what it must count. */
export interface RehearsalQuery {
  /** What is counted, for people. */
  readonly name: string;
  readonly sql: string;
  /** `messages`: as many as were inserted; `roles`, `affiliations` likewise; `nothing`: no row at all. */
  readonly expected: 'messages' | 'roles' | 'affiliations' | 'nothing';
  /** Where the query is from: the schema reference's sample queries by number, or derived from its rules. */
  readonly basis: string;
}

/**
 * The documented sample queries (schema reference, "Sample database queries", 2013 and 2015), over everything instead
 * of one day, user or phrase, and by id instead of name, so that their counts are known; and queries that must find
 * nothing, derived from the rules of the schema pages, because tblChat has no foreign keys and names have no unique
 * index. Sample 6 is left out: it is over invitations, which no package carries.
 */
export const REHEARSAL_QUERIES: readonly RehearsalQuery[] = [
  {
    name: 'messages of all rooms after a date',
    sql: `SELECT COALESCE(SUM(n), 0) FROM (SELECT COUNT(*) AS n FROM tblChat c JOIN tblNode r ON c.channelId = r.nodeID
      WHERE fnTicksToDate(c.chatDate) >= '0001-01-01' AND r.nodeType = 0 GROUP BY r.nodeID)`,
    expected: 'messages',
    basis: 'sample 1',
  },
  {
    name: 'messages of all users after a date',
    // The sample counts by user. The engine would sort all messages in memory for that, and the sum is this count.
    sql: `SELECT COUNT(*) FROM tblChat c JOIN tblPrincipal p ON c.userId = p.prinID
      WHERE fnTicksToDate(c.chatDate) >= '0001-01-01'`,
    expected: 'messages',
    basis: 'sample 2',
  },
  {
    name: 'rooms and authors of messages that contain a phrase',
    sql: `SELECT COUNT(*) FROM tblChat c JOIN tblNode r ON c.channelId = r.nodeID JOIN tblPrincipal p ON c.userId = p.prinID
      WHERE c.content LIKE '%'`,
    expected: 'messages',
    basis: 'sample 3',
  },
  {
    name: 'affiliations of all principals',
    sql: `SELECT COUNT(*) FROM tblPrincipalAffiliations a JOIN tblPrincipal p ON a.affiliationID = p.prinID
      JOIN tblPrincipal m ON a.principalID = m.prinID`,
    expected: 'affiliations',
    basis: 'sample 4',
  },
  {
    name: 'rooms and categories in which principals have a role',
    sql: `SELECT COUNT(*) FROM tblPrincipalRole r JOIN tblPrincipal p ON r.prinRolePrinID = p.prinID
      JOIN tblNode n ON r.prinRoleNodeID = n.nodeID JOIN tblRoleType t ON r.prinRoleTypeID = t.rtypeID`,
    expected: 'roles',
    basis: 'sample 5',
  },
  {
    name: 'nested categories, rooms outside a category',
    sql: `SELECT COUNT(*) FROM tblNode c JOIN tblNode p ON p.nodeID = c.parentID WHERE c.nodeID <> 1
      AND ((c.nodeType = 1 AND p.nodeID <> 1) OR (c.nodeType = 0 AND (p.nodeID = 1 OR p.nodeType = 0)))`,
    expected: 'nothing',
    basis: 'N2, N3',
  },
  {
    name: 'names that two nodes share',
    sql: `SELECT COUNT(*) FROM (SELECT 1 FROM tblNode WHERE nodeID <> 1 GROUP BY name_key(nodeName) HAVING COUNT(*) > 1)`,
    expected: 'nothing',
    basis: 'N4, N5',
  },
  {
    name: 'settings that a room or category cannot have',
    sql: `SELECT COUNT(*) FROM tblNode WHERE nodeID <> 1 AND (
      (nodeType = 0 AND (invite = 1 OR logged IS NOT NULL OR filePost IS NOT NULL OR behavior NOT IN (4, 5) OR visibility NOT IN (2, 3, 6)))
      OR (nodeType = 1 AND (invite IS NULL OR logged IS NULL OR filePost IS NULL OR disabled = 1 OR siopID IS NOT NULL)))`,
    expected: 'nothing',
    basis: 'N8, N9',
  },
  {
    name: 'messages without a room',
    sql: `SELECT COUNT(*) FROM tblChat c LEFT JOIN tblNode n ON n.nodeID = c.channelId AND n.nodeType = 0 WHERE n.nodeID IS NULL`,
    expected: 'nothing',
    basis: 'C2',
  },
  {
    name: 'messages without an author',
    sql: `SELECT COUNT(*) FROM tblChat c LEFT JOIN tblPrincipal p ON p.prinID = c.userId WHERE p.prinID IS NULL`,
    expected: 'nothing',
    basis: 'C2',
  },
  {
    name: 'counters below the highest message',
    sql: `SELECT COUNT(*) FROM tblLastChatId l WHERE l.lastChatID < (SELECT MAX(c.chatId) FROM tblChat c WHERE c.channelId = l.nodeID)`,
    expected: 'nothing',
    basis: 'C1',
  },
  {
    name: 'presenters in normal rooms, presenters who are not members',
    sql: `SELECT COUNT(*) FROM tblPrincipalRole r JOIN tblNode n ON n.nodeID = r.prinRoleNodeID WHERE r.prinRoleTypeID = 3
      AND (n.behavior <> 5 OR NOT EXISTS (SELECT 1 FROM tblPrincipalRole m WHERE m.prinRoleNodeID = r.prinRoleNodeID
        AND m.prinRolePrinID = r.prinRolePrinID AND m.prinRoleTypeID = 1))`,
    expected: 'nothing',
    basis: 'R3, R4',
  },
  {
    name: 'roles outside the scope of the category',
    // Whoever has many roles below one category is followed through his groups once, and through 1,200 at most: Windows
    // lets nobody be in more than 1,015 groups, and folders and domains are few.
    sql: `SELECT COUNT(*) FROM (SELECT DISTINCT r.prinRolePrinID AS id, CASE n.nodeType WHEN 0 THEN n.parentID ELSE n.nodeID END AS category
          FROM tblPrincipalRole r JOIN tblNode n ON n.nodeID = r.prinRoleNodeID) holder
      WHERE (WITH RECURSIVE reached (id) AS (SELECT holder.id UNION SELECT a.affiliationID
          FROM reached JOIN tblPrincipalAffiliations a ON a.principalID = reached.id LIMIT 1200)
        SELECT COALESCE(MAX(s.scopeIsDenied), 1) FROM reached JOIN tblScopePrincipal s ON s.scopePrinID = reached.id
          AND s.scopeNodeID = holder.category)`,
    expected: 'nothing',
    basis: 'R5, R6, R7',
  },
];

/** What a query counted, and what it should have. */
export interface QueryOutcome {
  readonly name: string;
  readonly basis: string;
  readonly counted: number;
  readonly expected: number;
}

export function runQueries(
  database: RehearsalDatabase,
  due: Readonly<Record<'messages' | 'roles' | 'affiliations', number>>,
): QueryOutcome[] {
  return REHEARSAL_QUERIES.map(({ name, sql, basis, expected }) => ({
    name,
    basis,
    counted: database.number(sql),
    expected: expected === 'nothing' ? 0 : due[expected],
  }));
}

/** What the database holds of each room, by GUID, for the ledger; rooms of ascending id. */
export const ROOM_CONTENT = `SELECT n.nodeGuid AS guid, COUNT(c.chatId) AS messages,
    COALESCE(SUM(octet_length(c.content) + COALESCE(octet_length(c.rtf), 0)), 0) AS textBytes,
    MIN(c.chatDate) AS firstDate, MAX(c.chatDate) AS lastDate,
    MIN(c.chatId) AS lowestId, MAX(c.chatId) AS highestId
  FROM tblNode n LEFT JOIN tblChat c ON c.channelId = n.nodeID WHERE n.nodeType = 0 GROUP BY n.nodeID ORDER BY n.nodeID`;
