# Configures `jupyter nbconvert` for these notebooks: --config nbconvert_config.py
import base64
import html
import re
from queue import Empty

from nbclient.client import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbconvert.exporters.templateexporter import default_filters

c = get_config()  # noqa: F821, nbconvert provides it

# Deno's kernel (2.9.6) now and then says that a cell is done before it has sent the cell's last output. nbclient stops
# listening there and loses the output; this goes on listening until it is quiet.
QUIET_SECONDS = 0.15
listen_until_done = NotebookClient._async_poll_output_msg


async def listen_until_quiet(self, parent_msg_id, cell, cell_index):
    await listen_until_done(self, parent_msg_id, cell, cell_index)
    while True:
        try:
            message = await self.kc.iopub_channel.get_msg(timeout=QUIET_SECONDS)
        except Empty:
            return
        if message["parent_header"].get("msg_id") != parent_msg_id:
            continue
        try:
            self.process_message(message, cell, cell_index)
        except CellExecutionComplete:
            pass


NotebookClient._async_poll_output_msg = listen_until_quiet


# From 6.5.3 to 7.7 nbconvert cleans pictures as if they were HTML and leaves nothing of them (jupyter/nbconvert#1894).
# As an image, a picture can do no harm.
def keep_pictures(element):
    if not element.lstrip().startswith("<svg"):
        return default_filters["clean_html"](element)
    title = re.search(r"<title[^>]*>(.*?)</title>", element, re.DOTALL)
    alt = html.escape(html.unescape(title.group(1))) if title else ""
    data = base64.b64encode(element.encode()).decode()
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}">'


c.HTMLExporter.filters = {"clean_html": keep_pictures}
