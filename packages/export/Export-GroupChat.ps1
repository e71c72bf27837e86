#requires -Version 3.0

<#
.SYNOPSIS
Exports a Group Chat database as XML files that chatferry reads. Reads only.

.DESCRIPTION
Reads the tables of a Group Chat database (Office Communications Server 2007 R2, Lync Server 2010) by named columns and
writes one XML file per table, and export-manifest.json with row counts, first and last message date and the SHA-256 of
each file. chatferry holds what it reads against that manifest.

Needs Windows PowerShell 3 or later and an account that may read the database (role db_datareader); connects with
Windows authentication. Holds one row in memory at a time.

All tables are read in one transaction, which is rolled back at the end: isolation level SNAPSHOT where the database
allows it, so that all tables show the same moment, else READ COMMITTED. Then stop the Group Chat services first.

Files are written as <name>.partial and get their names when all are whole, the manifest last. When the export fails
or is interrupted, the files that it has written are removed.

Exit codes: 0 exported; 1 exported, but the database lacks a documented table or column, or hides it from this account
(read the warnings); 2 not exported, no file is left.

.PARAMETER SqlInstance
The SQL Server instance of the legacy pool, such as SQL01 or SQL01\GROUPCHAT.

.PARAMETER Database
The Group Chat database. Its name was chosen when Group Chat was set up; the compliance database is not wanted.

.PARAMETER OutputFolder
A folder that does not exist yet or is empty. The export holds all messages in plain text: choose a protected place.

.PARAMETER Since
Exports only messages of this instant and later; a date without time zone is UTC. The export cannot show what was left
out; chatferry transform --since can, so prefer that.

.EXAMPLE
.\Export-GroupChat.ps1 -SqlInstance SQL01\GROUPCHAT -Database GroupChat -OutputFolder D:\GroupChatExport

.EXAMPLE
powershell -NoProfile -ExecutionPolicy Bypass -File .\Export-GroupChat.ps1 -SqlInstance SQL01 -Database GroupChat -OutputFolder D:\GroupChatExport -Since 2010-01-01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string]$SqlInstance,
    [Parameter(Mandatory = $true)] [string]$Database,
    [Parameter(Mandatory = $true)] [string]$OutputFolder,
    [datetime]$Since
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# The documented columns in schema order, messages last. '*' marks the key, by which the rows are ordered; '?' a column
# of later schemas, whose absence is no loss.
$Tables = [ordered]@{
    tblEnumValue = 'valueID* attributeID attributeValue'
    tblPrincipalType = 'ptypeID* ptypeDesc ptypeIsSystemUser ptypeIsUser ptypeIsFederated'
    tblRoleType = 'rtypeID* rtypeDesc rtypeAllowedPermSet honorsOverride honorsScope'
    tblPrincipal = 'prinID* prinGuid prinUri prinName prinDisplayName? prinCompanyName prinEmail prinADPath ' +
        'prinADUserPrincipalName prinDisabled prinTypeID prinAllowedPermSet prinUseInheritedPerms prinAddedBy ' +
        'prinAddedOn prinUpdatedBy prinUpdatedOn prinVerifiedOn'
    tblPrincipalAffiliations = 'principalID* affiliationID* index updatedBy'
    tblSiopWhiteList = 'siopID* siopName siopUrl'
    tblNode = 'nodeID* nodeGuid parentID nodeType nodeName nodeDesc topic filestoreURI inheritance scopeChange ' +
        'overrideMember invite logged filePost disabled restrictChildCreate behavior visibility scopeDefinerId ' +
        'roleDefinerId siopID nodeAddedBy nodeAddedOn nodeUpdatedBy nodeUpdatedOn'
    tblScopePrincipal = 'scopeNodeID* scopePrinID* scopeUpdatedBy'
    tblPrincipalRole = 'prinRoleNodeID* prinRolePrinID* prinRoleTypeID* prinRoleUpdatedBy'
    tblPrincipalInvites = 'prinID* invID nodeID* createdOn'
    tblLastChatId = 'nodeID* lastChatID'
    tblChat = 'channelID* chatID* chatDate userId isAlert content rtf?'
}
# Without these nothing can be migrated.
$NeededTables = 'tblNode', 'tblPrincipal', 'tblRoleType', 'tblPrincipalRole', 'tblScopePrincipal', 'tblChat'

$Xsi = 'http://www.w3.org/2001/XMLSchema-instance'
$Xmlns = 'http://www.w3.org/2000/xmlns/'
$Invariant = [System.Globalization.CultureInfo]::InvariantCulture
$Utf8 = New-Object System.Text.UTF8Encoding($false)

# What XML 1.0 cannot hold (section 2.2, Char): control characters, U+FFFE, U+FFFF, surrogates without their other half.
$Forbidden = New-Object System.Text.RegularExpressions.Regex(
    '[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]',
    [System.Text.RegularExpressions.RegexOptions]::Compiled)

# Entitize writes CR as a reference; a parser would turn the character itself into LF.
$XmlSettings = New-Object System.Xml.XmlWriterSettings -Property @{
    Encoding = $Utf8; CheckCharacters = $true; NewLineHandling = [System.Xml.NewLineHandling]::Entitize
    Indent = $true; NewLineChars = "`n"; CloseOutput = $true
}

function Initialize-OutputFolder([string]$Folder) {
    if ([System.IO.File]::Exists($Folder)) { throw "$Folder is a file. Name a new or empty folder." }
    [void][System.IO.Directory]::CreateDirectory($Folder)
    $entries = [System.IO.Directory]::GetFileSystemEntries($Folder)
    if ($entries.Length -gt 0) { throw "$Folder is not empty. Name a new or empty folder." }
}

function Open-Database([string]$SqlInstance, [string]$Database) {
    # By keyword: PowerShell takes a property of the builder, which is a dictionary, for a key.
    $builder = New-Object System.Data.SqlClient.SqlConnectionStringBuilder
    $builder['Data Source'] = $SqlInstance
    $builder['Initial Catalog'] = $Database
    $builder['Integrated Security'] = $true
    $builder['Application Name'] = 'Export-GroupChat'
    $connection = New-Object System.Data.SqlClient.SqlConnection($builder.ConnectionString)
    $connection.Open()
    return $connection
}

function New-Query($Connection, $Transaction, [string]$Sql) {
    $command = $Connection.CreateCommand()
    $command.Transaction = $Transaction
    $command.CommandText = $Sql
    $command.CommandTimeout = 0 # none
    return $command
}

function Get-IsolationLevel($Connection) {
    $sql = 'SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()'
    $query = New-Query $Connection $null $sql
    if ([int]$query.ExecuteScalar() -eq 1) { return [System.Data.IsolationLevel]::Snapshot }
    return [System.Data.IsolationLevel]::ReadCommitted
}

# Tables by name, each with its columns by name: the database's spelling and the type. Keys ignore letter case.
function Get-DatabaseTable($Connection, $Transaction) {
    $found = @{}
    $sql = "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'dbo'"
    $query = New-Query $Connection $Transaction $sql
    $reader = $query.ExecuteReader([System.Data.CommandBehavior]::SequentialAccess)
    try {
        while ($reader.Read()) {
            # One by one: sequential access allows no way back, and an assignment evaluates its right side first.
            $table = $reader.GetString(0)
            $column = $reader.GetString(1)
            $type = $reader.GetString(2)
            if (-not $found.ContainsKey($table)) { $found[$table] = @{ Name = $table; Columns = @{} } }
            $found[$table].Columns[$column] = @{ Name = $column; Type = $type }
        }
    }
    finally { $reader.Dispose() }
    return $found
}

# The statement for one table, the documented names of its columns, and what the database lacks.
function Get-Selection([string]$Table, $Found, [string]$Filter) {
    $expressions = @(); $keys = @(); $names = @(); $lacks = @()
    foreach ($entry in $Tables[$Table].Split(' ')) {
        $name = $entry.TrimEnd('*', '?')
        $column = $Found.Columns[$name]
        if ($null -eq $column) {
            if (-not $entry.EndsWith('?')) { $lacks += "$Table.$name" }
            continue
        }
        $expression = "[$($column.Name)]"
        # SqlClient keeps a lone surrogate in nvarchar(max) and replaces it in the shorter types.
        if ($column.Type -match '^(nvarchar|nchar|ntext)$') { $expression = "CAST($expression AS nvarchar(max))" }
        $expressions += "$expression AS [$name]"
        $names += $name
        if ($entry.EndsWith('*')) { $keys += "[$name]" }
    }
    $sql = "SELECT $($expressions -join ', ') FROM [dbo].[$($Found.Name)]$Filter ORDER BY $($keys -join ', ')"
    return @{ Sql = $sql; Names = $names; Missing = $lacks }
}

# Byte by byte: an encoding would replace a lone surrogate.
function ConvertTo-Base64Utf16([string]$Text) {
    $bytes = New-Object 'byte[]' ($Text.Length * 2)
    [System.Buffer]::BlockCopy($Text.ToCharArray(), 0, $bytes, 0, $bytes.Length)
    return [System.Convert]::ToBase64String($bytes)
}

# Writes all rows; returns their number, and the lowest and highest chatDate. A cast to [string] knows no culture.
function Write-Row($Reader, $Writer, [string]$Table, [string[]]$Names) {
    $rows = [long]0
    $lowest = [long]::MaxValue; $highest = [long]::MinValue
    $dateAt = [System.Array]::IndexOf($Names, 'chatDate')
    while ($Reader.Read()) {
        $Writer.WriteStartElement($Table)
        for ($i = 0; $i -lt $Names.Length; $i++) {
            $value = $Reader.GetValue($i)
            $Writer.WriteStartElement($Names[$i])
            if ($value -is [System.DBNull]) {
                $Writer.WriteAttributeString('xsi', 'nil', $Xsi, 'true')
                $Writer.WriteEndElement()
                continue
            }
            if ($i -eq $dateAt) {
                if ($value -lt $lowest) { $lowest = $value }
                if ($value -gt $highest) { $highest = $value }
            }
            if ($value -is [bool]) { $value = [int]$value }
            elseif ($value -is [datetime]) { $value = $value.ToString('yyyy-MM-ddTHH:mm:ss.fff', $Invariant) }
            elseif ($value -is [string] -and $Forbidden.IsMatch($value)) {
                $Writer.WriteAttributeString('encoding', 'base64-utf16le')
                $value = ConvertTo-Base64Utf16 $value
            }
            $Writer.WriteString([string]$value)
            $Writer.WriteFullEndElement()
        }
        $Writer.WriteEndElement()
        $rows++
        if ($rows % 5000 -eq 0) { Write-Progress -Activity "Exporting $Table" -Status "$rows rows" }
    }
    Write-Progress -Activity "Exporting $Table" -Status "$rows rows" -Completed
    return @{ Rows = $rows; Lowest = $lowest; Highest = $highest }
}

# Writes one table to a file that must not exist; returns what Write-Row counted, with the file's SHA-256.
function Export-Table($Query, [string]$Table, [string[]]$Names, [string]$Path) {
    $file = New-Object System.IO.FileStream($Path, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write,
        [System.IO.FileShare]::None, 1048576)
    $reader = $null; $writer = $null
    try {
        # This class works where Windows enforces FIPS algorithms, SHA256Managed does not.
        $sha256 = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
        $hashing = New-Object System.Security.Cryptography.CryptoStream($file, $sha256,
            [System.Security.Cryptography.CryptoStreamMode]::Write)
        $writer = [System.Xml.XmlWriter]::Create($hashing, $XmlSettings)
        $reader = $Query.ExecuteReader([System.Data.CommandBehavior]::SequentialAccess)
        $writer.WriteStartElement('GroupChat')
        $writer.WriteAttributeString('xmlns', 'xsi', $Xmlns, $Xsi)
        $result = Write-Row $reader $writer $Table $Names
        $writer.WriteEndElement()
        $writer.Close()
        $reader.Dispose(); $reader = $null
        $result.Sha256 = [System.BitConverter]::ToString($sha256.Hash).Replace('-', '').ToLowerInvariant()
        return $result
    }
    finally {
        # Without Cancel, closing a reader that is not at its end fetches the rest of the table.
        if ($null -ne $reader) { $Query.Cancel(); $reader.Dispose() }
        try { if ($null -ne $writer) { $writer.Close() } } finally { $file.Dispose() }
    }
}

$exitCode = 2
$connection = $null
$paths = @(); $missing = @()
$counts = [ordered]@{}; $digests = [ordered]@{}
$chatDate = $null; $firstTicks = $null
if ($PSBoundParameters.ContainsKey('Since')) {
    $firstTicks = $Since.ToUniversalTime().Ticks
    if ($Since.Kind -eq [System.DateTimeKind]::Unspecified) { $firstTicks = $Since.Ticks }
}
try {
    $folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputFolder)
    Initialize-OutputFolder $folder
    $connection = Open-Database $SqlInstance $Database
    $level = Get-IsolationLevel $connection
    Write-Output "Isolation level $level. $SqlInstance, $Database -> $folder"
    $transaction = $connection.BeginTransaction($level)
    $databaseTables = Get-DatabaseTable $connection $transaction
    foreach ($name in $Tables.Keys) {
        $found = $databaseTables[$name]
        if ($null -eq $found) {
            if ($NeededTables -contains $name) { throw "Table $name is not in $Database, or hidden from this account." }
            $missing += $name
            continue
        }
        $filter = ''
        if ($name -eq 'tblChat' -and $null -ne $firstTicks) { $filter = ' WHERE [chatDate] >= @since' }
        $selection = Get-Selection $name $found $filter
        $missing += $selection.Missing
        $query = New-Query $connection $transaction $selection.Sql
        if ($filter -ne '') { $query.Parameters.Add('@since', [System.Data.SqlDbType]::BigInt).Value = $firstTicks }
        $path = [System.IO.Path]::Combine($folder, "$name.xml"); $paths += $path
        $result = Export-Table $query $name $selection.Names "$path.partial"
        $counts[$name] = @{ rows = $result.Rows }
        $digests["$name.xml"] = @{ sha256 = $result.Sha256 }
        if ($name -eq 'tblChat' -and $result.Rows -gt 0) {
            $chatDate = [ordered]@{ min = [string]$result.Lowest; max = [string]$result.Highest }
        }
        Write-Output "${name}: $($result.Rows) rows"
    }
    $now = (New-Query $connection $transaction 'SELECT GETUTCDATE()').ExecuteScalar()
    $transaction.Rollback()
    $exportedOn = $now.ToString('yyyy-MM-ddTHH:mm:ss', $Invariant) + 'Z'
    $manifest = [ordered]@{
        version = 1; exportedOn = $exportedOn; tables = $counts; chatDate = $chatDate; files = $digests
    }
    $path = [System.IO.Path]::Combine($folder, 'export-manifest.json'); $paths += $path
    [System.IO.File]::WriteAllText("$path.partial", (ConvertTo-Json $manifest -Depth 4) + "`n", $Utf8)
    foreach ($path in $paths) { [System.IO.File]::Move("$path.partial", $path) }
    foreach ($lack in $missing) { Write-Warning "$lack is not in $Database, or hidden from this account; left out." }
    $exitCode = [int]($missing.Count -gt 0)
}
catch { $Host.UI.WriteErrorLine("Not exported: $($_.Exception.GetBaseException().Message)") }
finally {
    if ($null -ne $connection) { $connection.Dispose() }
    if ($exitCode -eq 2) {
        foreach ($path in $paths) { Remove-Item -LiteralPath $path, "$path.partial" -ErrorAction SilentlyContinue }
    }
}
exit $exitCode
