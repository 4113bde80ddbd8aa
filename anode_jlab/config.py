"""What an operator may turn: one traitlets class, each trait also settable by environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir
from traitlets import Bool, Dict, Enum, Float, Integer, List, TraitType, Unicode, default
from traitlets.config import Configurable

ENVIRONMENT_PREFIX = "ANODE_"

MEBIBYTE = 1 << 20


class AnodeConfig(Configurable):
    """Settings of anode_jlab.

    ``c.AnodeConfig.durability = "relaxed"`` in a configuration file,
    ``--AnodeConfig.durability=relaxed`` on the command line, or ``ANODE_DURABILITY=relaxed`` in
    the environment (the first two win).
    """

    enabled = Bool(
        True,
        help="Whether notebooks are opened as event logs. False gives plain JupyterLab: nothing "
        "is switched off, nothing is written.",
    ).tag(config=True)

    store_dir = Unicode(
        help="Folder of the event logs; made with mode 0700. It should be on a local disk. "
        "Default: anode_jlab in Jupyter's data directory.",
    ).tag(config=True)

    durability = Enum(
        ["full", "relaxed"],
        default_value="full",
        help="full: a change is told to be saved once it would survive a power cut. relaxed: once "
        "it would survive a crash of the server; the last moments can be lost with the power.",
    ).tag(config=True)

    history = Enum(
        ["full", "sessions", "off"],
        default_value="full",
        help="How much of a notebook's past stays readable. full: every moment. sessions: every "
        "moment since the notebook was opened last, and the ends of some sixty times that it was "
        "open before. off: about the last thousand changes. Who did what stays in any case.",
    ).tag(config=True)

    history_days = Float(
        0.0,
        min=0.0,
        help="Moments older than this many days are forgotten. 0: never.",
    ).tag(config=True)

    copy_hours = Float(
        1.0,
        min=0.0,
        help="A notebook that changes is copied every so many hours, as a plain .ipynb beside its "
        "log, for Recover Notebook. 0: no copies are made.",
    ).tag(config=True)

    copy_days = Float(
        30.0,
        min=0.0,
        help="Of copies older than a day one a day is kept, for so many days.",
    ).tag(config=True)

    copy_megabytes = Float(
        200.0,
        min=0.0,
        help="The copies of one notebook take at most so much room; the newest stays in any case.",
    ).tag(config=True)

    loose_events = Integer(
        4000,
        min=0,
        help="How many of the newest events of a notebook stay as single rows in its log; older "
        "keystrokes are packed, in the background and without loss. 0: nothing is packed.",
    ).tag(config=True)

    journal = Enum(
        ["auto", "wal", "rollback"],
        default_value="auto",
        help="How the store's databases make a change whole. auto: a write-ahead log, or, where "
        "the file system is on a network or allows no shared memory, a rollback journal, which is "
        "slower. wal, rollback: this one.",
    ).tag(config=True)

    store_threads = Integer(
        4,
        min=1,
        max=64,
        help="Writer threads of the store; the notebooks are spread over them.",
    ).tag(config=True)

    room_idle_seconds = Float(
        60.0,
        min=0.0,
        help="How long a notebook stays open in the server after the last person left it.",
    ).tag(config=True)

    lock_files = Bool(
        True,
        help="Whether a notebook that was changed has a small file .~anode-NAME.lock beside it for "
        "as long as it is open. It keeps servers with other stores, as of people who share the "
        "folder, from writing the notebook at the same time.",
    ).tag(config=True)

    orphan_kernel_minutes = Float(
        60.0,
        min=0.0,
        help="How long the kernels of notebooks go on after the server was killed or crashed, for "
        "the next server to take them up. 0: they end with the server. Only on Linux, and only "
        "kernels that this server's own machine runs.",
    ).tag(config=True)

    warm_pool_size = Integer(
        None,
        allow_none=True,
        min=0,
        help="How many kernels of the default kind are started ahead and wait, with their imports "
        "done, for a notebook. Default: 1; under JupyterHub, or where the server and its kernels "
        "may use less than 4 GiB of memory together, 0. Only kernels that this server's own "
        "machine runs.",
    ).tag(config=True)

    warm_imports = List(
        Unicode(),
        default_value=["numpy", "pandas", "matplotlib.pyplot"],
        help="What a kernel that is started ahead imports, if it is installed: a notebook that "
        "imports it then need not wait. Nothing of it is in the notebook's names.",
    ).tag(config=True)

    cull_idle_minutes = Float(
        0.0,
        min=0.0,
        help="After how long without a run the kernel of a notebook is ended, however many people "
        "have it open. 0: never. The server's own culling goes by open pages, and stays as it is.",
    ).tag(config=True)

    run_activity_hours = Float(
        24.0,
        min=0.0,
        help="How long the runs of a notebook count as activity of the server, so that the culler "
        "of JupyterHub and shutdown_no_activity_timeout do not end it. A queue that has been busy "
        "for longer at a stretch does not count any more. 0: runs never count.",
    ).tag(config=True)

    done_command = List(
        Unicode(),
        help="A program and its arguments, to be run when a notebook has done what it was asked to "
        "run, if that took done_seconds. A sentence of it is added as the last argument, and JSON "
        'is on its standard input. Example: ["notify-send", "Notebook"].',
    ).tag(config=True)

    done_webhook = Unicode(
        "",
        help="An address to which the same JSON is posted. Its text is what chat programs show.",
    ).tag(config=True)

    done_seconds = Float(
        60.0,
        min=0.0,
        help="How long the work of a notebook has to take for done_command and done_webhook.",
    ).tag(config=True)

    ai_enabled = Bool(
        True,
        help="Whether there is an assistant. Nothing is sent anywhere before somebody sets up a "
        "provider of models and asks.",
    ).tag(config=True)

    ai_providers = List(
        Dict(),
        help="Providers of models beside OpenAI and Anthropic, which are known. Each has an id, a "
        'title, a kind ("openai" for everything that speaks its language, or "anthropic") and a '
        "base_url; where needed key_env (a variable's name), key_command (a list: a program that "
        "prints the key, and its arguments) or key, models (names, for a provider that does not "
        'list them) and window (tokens that they take). Example: [{"id": "local", "title": '
        '"Ollama", "kind": "openai", "base_url": "http://127.0.0.1:11434/v1"}].',
    ).tag(config=True)

    ai_allowed_base_urls = List(
        Unicode(),
        help="Addresses at and below which people may add providers of their own. None: any.",
    ).tag(config=True)

    ai_max_mode = Enum(
        ["ask", "edit", "agent", "auto"],
        default_value="agent",
        help="The most that the assistant may do without asking. ask: read. edit: its edits are "
        "shown to be accepted. agent: it edits, and asks before it runs code. auto: everything.",
    ).tag(config=True)

    ai_mcp_file = Unicode(
        help="File that names the MCP servers whose tools the assistant may use, in the form that "
        'other programs have: {"mcpServers": {"name": {"command": …, "args": […]}}} or '
        '{"url": …, "headers": {…}}. Default: mcp.json in Jupyter\'s configuration directory.',
    ).tag(config=True)

    ai_cost_limit = Float(
        0.0,
        min=0.0,
        help="US dollars that the assistant may cost in one notebook, as far as prices are known. "
        "0: no limit.",
    ).tag(config=True)

    ai_max_steps = Integer(
        25,
        min=1,
        help="How often the model is asked for one answer: each time it calls tools is a step.",
    ).tag(config=True)

    ai_max_tokens = Integer(
        1_000_000,
        min=1000,
        help="How many tokens one answer may use, all its steps together.",
    ).tag(config=True)

    ai_max_minutes = Float(
        15.0,
        min=0.1,
        help="How long the model may take for one answer, all its steps together; tools and people "
        "who are asked do not count.",
    ).tag(config=True)

    max_update_bytes = Integer(
        8 * MEBIBYTE,
        min=64 * 1024,
        help="Largest single change that a client may send.",
    ).tag(config=True)

    max_step2_bytes = Integer(
        64 * MEBIBYTE,
        min=64 * 1024,
        help="Largest answer with missing changes that a client may send after a reconnect.",
    ).tag(config=True)

    max_text_bytes = Integer(
        10 * MEBIBYTE,
        min=0,
        help="Largest text file that is edited together; JupyterLab itself opens and saves larger "
        "ones. 0: text files are not edited together.",
    ).tag(config=True)

    inline_image_bytes = Integer(
        48 * 1024,
        min=0,
        help="Images of a run's output that are larger than this, as a notebook writes them, are "
        "kept beside the document: a browser loads them when they come into view. The file holds "
        "them all the same. 0: all stay in the document.",
    ).tag(config=True)

    inline_output_bytes = Integer(
        64 * 1024,
        min=0,
        help="The same for every other kind of output: HTML, tables, interactive plots.",
    ).tag(config=True)

    inline_stream_characters = Integer(
        64 * 1024,
        min=4096,
        help="Of text that a run prints, more than this is kept beside the document; its beginning "
        "and its end are shown at once, the rest when somebody asks for it. The file holds all of "
        "it.",
    ).tag(config=True)

    large_outputs_in_files = Bool(
        True,
        help="Whether files hold the outputs that are kept beside the document. Without them files "
        "stay small, and every other program, and every other server, shows a large output by its "
        "short text only: it is where the event log is. Downloads and copies hold all outputs.",
    ).tag(config=True)

    max_connections = Integer(
        1000,
        min=1,
        help="How many connections one notebook takes.",
    ).tag(config=True)

    max_connections_per_person = Integer(
        200,
        min=1,
        help="How many of them may be one person's: tabs and programs with the same identity. "
        "People who share a token have none and are not counted.",
    ).tag(config=True)

    send_queue_bytes = Integer(
        4 * MEBIBYTE,
        min=64 * 1024,
        help="How much may wait for a slow connection; beyond it the connection gets one fresh "
        "difference instead of every single change.",
    ).tag(config=True)

    role_check_seconds = Float(
        30.0,
        min=1.0,
        help="How often the rights of an open connection are asked for again.",
    ).tag(config=True)

    @default("ai_mcp_file")
    def _default_ai_mcp_file(self) -> str:
        return str(Path(jupyter_config_dir()) / "mcp.json")

    @default("store_dir")
    def _default_store_dir(self) -> str:
        return str(Path(jupyter_data_dir()) / "anode_jlab")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        configured = self.config.get(type(self).__name__, {})
        for name, trait in self.traits(config=True).items():
            text = os.environ.get(ENVIRONMENT_PREFIX + name.upper())
            if text is not None and name not in configured and name not in kwargs:
                setattr(self, name, _parsed(name, trait, text))


def _parsed(name: str, trait: TraitType[Any, Any], text: str) -> Any:
    try:
        return trait.from_string(text)
    except ValueError as error:
        variable = ENVIRONMENT_PREFIX + name.upper()
        raise ValueError(f"{variable}={text!r} is not understood: {error}") from error
