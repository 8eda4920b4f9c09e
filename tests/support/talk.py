"""A desk that talks: mails go in as files, what it sends lands in a sink. What the tests of the conversation share."""
import contextlib
import email
import email.policy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from complaints import complaint, programs  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from reporter import Reporter, plain  # noqa: E402
from smtp_sink import SmtpSink  # noqa: E402
from throwaway_desk import ThrowawayDesk  # noqa: E402

TO_DESK = "CVD-team Zonnedam <cvd@zonnedam.example>"
REFUSED = 5

REPORT = """Hello,

https://www.zonnedam.example/zoeken?q=1 reflects the parameter q without escaping it.

1. Open the address above.
2. The script runs.

Regards
"""


def header(mail):
    return email.message_from_bytes(mail.data if hasattr(mail, "data") else mail, policy=email.policy.default)


class Talk(unittest.TestCase):
    """One desk, one sink and one (empty) mailbox a class: each test has cases of its own."""

    organisation = {"languages": ["en", "nl", "de", "fr"]}
    tables = "[acknowledge]\nper_sender_per_day = 1000\ntotal_per_hour = 100000\n"
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Dovecot())
        cls.sink = cls.enterClassContext(SmtpSink())
        cls.desk = cls.enterClassContext(ThrowawayDesk(programs()))
        cls.configure()
        cls._mails = 0

    @classmethod
    def configure(cls, partner_keys=()):
        """partner_keys: (name, contact, scope, file of the certificate or None), beside the one that is always there."""
        cls.desk.configure([cls.desk.mailbox("cvd", cls.server)], cls.desk.submission(cls.sink),
                           organisation=cls.organisation, tables=cls.tables)
        text = cls.desk.configuration.read_text()
        more = ""
        for name, contact, scope, file in partner_keys:
            more += f'[[organisation.partner]]\nname = "{name}"\nscope = ["{scope}"]\ncontact = "{contact}"\n'
            if file:
                more += f'key_file = "{file}"\n'
        cls.desk.configuration.write_text(text.replace("[store]", more + "[store]", 1))

    @classmethod
    def person(cls, name, address, **more):
        person = cls.enterClassContext(contextlib.closing(Reporter(name, address, **more)))
        person.learn(cls.desk.certificate())
        return person

    def take_in(self, mail, *arguments):
        """What `cvdesk import` says of this one mail."""
        type(self)._mails += 1
        file = self.desk.folder / f"mail-{self._mails}.eml"
        file.write_bytes(mail)
        return self.desk.json("import", *arguments, file)[0]

    def case_of(self, mail, *arguments):
        return self.take_in(mail, *arguments)["case"]

    def deliver(self):
        """Sends what is owed; the mails that went out, in their order."""
        before = len(self.sink.mails())
        self.desk.run_once()
        return self.sink.mails()[before:]

    def only(self, items):
        items = list(items)
        self.assertEqual(len(items), 1, items)
        return items[0]

    def events(self, reference):
        return [event["action"] for event in self.desk.json("log", reference)]

    def do(self, *arguments, **more):
        return self.desk.cvdesk(*arguments, **more)

    def refused(self, status, *arguments, **more):
        """The complaint of a command that must end so."""
        result = self.desk.cvdesk(*arguments, check=False, **more)
        self.assertEqual(result.returncode, status, (arguments, result.stderr.decode(), result.stdout.decode()))
        return complaint(result)

    def answer(self, person, to_mail, text, **more):
        """A clear answer to a mail of the desk, as a mail program makes it."""
        answered = header(to_mail)
        sender = person if isinstance(person, str) else person.mailbox
        return plain(sender, TO_DESK, "Re: " + answered["Subject"], text,
                     fields=[("In-Reply-To", answered["Message-ID"]), ("References", answered["Message-ID"]), *more.pop("fields", ())], **more)
