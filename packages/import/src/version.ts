/** Version of the program; bag-info.txt, reports and `--version` show it. */
export const VERSION = '0.1.0';
