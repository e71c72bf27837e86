/** The remedy of most refusals: how to get an export that can be read. */
export const EXPORT_RECIPE =
  'Export the legacy database with Export-GroupChat.ps1 (it ships with chatferry), or run SELECT … FOR XML RAW, ROOT per table in a client that streams the value to a file, and give that folder or ZIP.';

/** The remedy for everything that a query window or console tool did to the text. */
export const STREAMING_RECIPE =
  "Export with Export-GroupChat.ps1, or SELECT CAST((SELECT … FOR XML RAW('tblChat'), ELEMENTS XSINIL, ROOT('tables'), TYPE) AS nvarchar(max)) in a client that streams the single value; grid, console and Invoke-Sqlcmd output is cut or wrapped.";

/** The remedy for text in a code page. */
export const ENCODING_RECIPE =
  'Save the export as UTF-8 or UTF-16 (bcp: -w or -C 65001; sqlcmd: -u or -f 65001; PowerShell: -Encoding UTF8), or export with Export-GroupChat.ps1.';

/** The remedy for an archive that cannot be trusted or read. */
export const REPACK_RECIPE =
  'Give the unpacked folder instead, or pack the files again as a plain ZIP (stored or Deflate, no password).';
