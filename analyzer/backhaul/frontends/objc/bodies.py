"""Bodies of functions: the handlers of all kinds of nodes together, and what a body leaves behind."""

from __future__ import annotations

from backhaul.frontends.objc import calls, control, expressions, literals, statements
from backhaul.frontends.objc.context import Context
from backhaul.frontends.objc.grammar import complete_tables
from backhaul.frontends.objc.lowering import expression_statement, opaque, parts_statement
from backhaul.model.code import Block
from backhaul.model.declarations import Function, encode_body

# Each of these modules has put its handlers into the tables when it was imported.
HANDLERS = (calls, control, expressions, literals, statements)
complete_tables(opaque, expression_statement, parts_statement)


def begin(context: Context) -> None:
    """Prepares ``context`` for the next body."""
    context.mentions = set()
    context.is_damaged = False


def finish(context: Context, function: Function, block: Block, damaged: bool) -> None:
    """Stores ``block`` as the body of ``function``, with what lowering it has noted."""
    function.body = encode_body(block)
    function.mentions = sorted(context.mentions)
    function.is_damaged = damaged or context.is_damaged
