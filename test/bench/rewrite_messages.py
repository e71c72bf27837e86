"""Reads an export with Python's expat and writes Messages.xml, as one would write it by hand.

The same rewriting as `chatferry transform` does, without any rule, ledger, hash, archive or check: every message is
decoded, and escaped again in the target's shape. Usage: rewrite_messages.py <export.xml> <Messages.xml>
"""

import sys
from xml.parsers import expat

COLUMNS = ("channelID", "chatID", "chatDate", "userId", "isAlert", "content")
ALERT = {"0": "0", "1": "1", "false": "0", "true": "1"}


def escape(text):
    """Four replacements: much faster than str.translate."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


class MessageRewriter:
    """The handlers of one parse. Rows are `<tblChat a=".."/>` or `<tblChat><a>..</a></tblChat>`."""

    def __init__(self, write):
        self.write = write
        self.room = None
        self.row = None
        self.column = None

    def start(self, name, attributes):
        if name == "tblChat":
            self.row = dict(attributes)
        elif self.row is not None:
            self.column = name
            self.row[name] = ""

    def text(self, text):
        if self.column is not None:
            self.row[self.column] += text

    def end(self, name):
        if name == "tblChat":
            self.message(*(self.row[column] for column in COLUMNS))
            self.row = None
        else:
            self.column = None

    def message(self, room, number, date, author, alert, content):
        if room != self.room:
            self.write(f'{"</ChatRoom>" if self.room else ""}<ChatRoom id="{room}">')
            self.room = room
        self.write(
            f'<Message id="{number}" date="{date}" userId="{author}" isAlert="{ALERT[alert]}">'
            f"<Content>{escape(content)}</Content></Message>"
        )


def main(source, target):
    with open(source, "rb") as export, open(target, "w", encoding="utf-8", newline="") as package:
        package.write('<?xml version="1.0" encoding="UTF-8"?><Pool><Messages>')
        rewriter = MessageRewriter(package.write)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = rewriter.start
        parser.EndElementHandler = rewriter.end
        parser.CharacterDataHandler = rewriter.text
        parser.ParseFile(export)
        package.write(f'{"</ChatRoom>" if rewriter.room else ""}</Messages></Pool>')


main(*sys.argv[1:])
