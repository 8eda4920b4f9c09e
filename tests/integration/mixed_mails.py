"""Two hundred mails as a desk gets them, each with what must become of it. All persons and systems are invented."""
import base64
import dataclasses
import email.utils
import quopri
import uuid

from reporter import Reporter, plain
from sample_reports import DESK, PNG

NAMES = ("Sam Whitfield", "Jolanda Vermeer", "Milan Novak", "Wei Chen", "Lotte Mulder", "Amina Haddad", "Tomasz Lis",
         "Ingrid Solberg", "Luca Ferri", "Femke Postma", "Oluwaseun Adeyemi", "Hanna Virtanen")

FINDINGS = (
    ("Reflected XSS in {host}", "The parameter q of https://{host}.zonnedam.example/zoek?q=%3Csvg%3E is reflected without escaping.\n\n"
     "1. Open the address.\n2. The script runs.\n"),
    ("SQL injection on {host}", "https://{host}.zonnedam.example/api/items?id=1%27 answers with a database error that names its tables.\n"),
    ("Open redirect on {host}", "https://{host}.zonnedam.example/login?next=https://evil.example/ sends the visitor anywhere.\n"),
    ("Persoonsgegevens in te zien via {host}", "Op https://{host}.zonnedam.example/bevestiging/48213 zie ik na het wijzigen van het nummer "
     "de gegevens van een andere inwoner. Inloggen is niet nodig.\n"),
    ("Verouderde software op {host}", "De site https://{host}.zonnedam.example/ draait op een versie met CVE-2021-44228. "
     "Ik heb verder niets geprobeerd.\n"),
    ("Directory listing at {host}", "https://{host}.zonnedam.example/backup/ lists database dumps. I downloaded nothing.\n"),
    ("Unsichere Sitzung auf {host}", "Das Sitzungs-Cookie von https://{host}.zonnedam.example/ wird auch ohne TLS übertragen. "
     "Die Schwachstelle lässt sich mit jedem Browser nachstellen.\n"),
    ("Contournement du contrôle d'accès sur {host}", "La page https://{host}.zonnedam.example/admin/liste s'ouvre sans mot de passe. "
     "Je n'ai consulté qu'une seule fiche.\n"),
)

# charset, transfer encoding, subject, a line of the text
CHARSETS = (
    ("iso-8859-1", "8bit", "Fuite de données à l'accueil", "Les coordonnées des élèves sont lisibles sans mot de passe."),
    ("iso-8859-15", "quoted-printable", "Betaling van 1 € blijft geldig", "De prijs van 250 € is te wijzigen in 1 €."),
    ("windows-1252", "8bit", "Zwakke plek in “Mijn Zonnedam”", "De knop “opslaan” werkt ook zonder inloggen — voor iedereen."),
    ("windows-1251", "base64", "Уязвимость на портале", "Параметр поиска выводится без экранирования."),
    ("koi8-r", "8bit", "Открытая база данных", "База данных доступна без пароля."),
    ("iso-8859-2", "quoted-printable", "Luka w zabezpieczeniach", "Każdy może zobaczyć zgłoszenia innych mieszkańców."),
    ("utf-8", "8bit", "Beveiligingslek één", "Het veld „naam” wordt ongefilterd getoond: ☃ verschijnt."),
    ("utf-8", "base64", "漏洞报告", "搜索页面存在跨站脚本漏洞。"),
    ("shift_jis", "base64", "脆弱性の報告", "検索画面に脆弱性があります。"),
    ("iso-2022-jp", "7bit", "セッションの問題", "ログインしなくても一覧が見えます。"),
    ("gb18030", "base64", "目录泄露", "备份目录可以公开访问。"),
    ("euc-kr", "8bit", "취약점 신고", "로그인 없이 목록을 볼 수 있습니다."),
)


BY_ANOTHER_WAY = ", by another way"


@dataclasses.dataclass(eq=False)
class Mail:
    """result, kind: what must become of it. None as result: these bytes are in already, there is no entry of its own.

    answered: to whom an acknowledgement goes, None for nobody. says: what must stand in the text or the subject
    that is shown. protection: what must stand in its protection. answers: the mail whose case it joins.
    """
    name: str
    raw: bytes
    result: str = "case"
    kind: str = "report"
    mailbox: str = "cvd"
    answered: str | None = None
    says: tuple = ()
    protection: dict = dataclasses.field(default_factory=dict)
    answers: "Mail | None" = None


def address_of(name):
    return email.utils.formataddr((name, name.lower().replace(" ", ".") + "@reporters.example"))


def bare(mailbox):
    return email.utils.parseaddr(mailbox)[1]


class MixedMails:
    """first(): what arrives first, 160 mails. then(answers): 40 that answer what the desk has sent."""

    def __init__(self, desk_certificate):
        self.desk_certificate = desk_certificate
        self.roos = Reporter("Roos de Vries", "roos@wilgen.example")
        self.pieter = Reporter("Pieter Bakker", "pieter@bakkerij-online.example")
        self.anna = Reporter("Anna Lindqvist", "anna@nordlicht-security.example", algorithm="rsa3072")
        self.stranger = Reporter("Somebody Else", "somebody@elsewhere.example")
        self.keyholders = (self.roos, self.pieter, self.anna)
        self._number = 0

    def close(self):
        for person in (*self.keyholders, self.stranger):
            person.close()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    # -- what arrives first ----------------------------------------------------------------------------------

    def first(self):
        mails = [*self._several(self.in_clear, 26), *self._several(self.html_only, 12),
                 *(self.in_charset(*row) for row in CHARSETS), *self._several(self.with_attachment, 12),
                 *self._several(self.encrypted, 22), *self._several(self.encrypted_unsigned, 6), *self._several(self.signed, 10),
                 *self._several(self.inline, 8), *self._several(self.wrong_key, 6), self.symmetric(), self.damaged(),
                 *self._several(self.bounce, 5), *self._several(self.newsletter, 7), *self._several(self.out_of_office, 4),
                 *self._several(self.beg_bounty, 4), *self._several(self.advertisement, 2)]
        for number, mail in enumerate(mails):
            mail.mailbox = ("cvd", "security")[number % 2]
        return mails + self._again(mails)

    @staticmethod
    def _several(make, count):
        return [make() for _ in range(count)]

    def _again(self, mails):
        """What comes twice: the same bytes in one mailbox or in both, and the same mail by two ways."""
        picked = mails[::6]
        again = []
        for mail in picked[:6]:
            again.append(Mail(mail.name + ", again", mail.raw, None, mail.kind, mail.mailbox))
        for mail in picked[6:12]:
            other = "security" if mail.mailbox == "cvd" else "cvd"
            again.append(Mail(mail.name + ", in both", mail.raw, None, mail.kind, other))
        for mail in [m for m in mails[1::6] if m.result == "case"][:10]:
            other = "security" if mail.mailbox == "cvd" else "cvd"
            again.append(Mail(mail.name + BY_ANOTHER_WAY, by_another_way(mail.raw), "duplicate", mail.kind, other))
        return again

    def _next(self):
        self._number += 1
        name = NAMES[self._number % len(NAMES)]
        subject, text = FINDINGS[self._number % len(FINDINGS)]
        host = f"dienst{self._number:03d}"
        return name, subject.format(host=host), text.format(host=host) + f"\nVriendelijke groet,\n{name}\n", host

    def in_clear(self):
        name, subject, text, host = self._next()
        return Mail(f"in clear {host}", plain(address_of(name), DESK, subject, text), answered=bare(address_of(name)),
                    says=(subject, f"https://{host}.zonnedam.example/"))

    def html_only(self):
        name, subject, text, host = self._next()
        paragraphs = "".join(f"<p>{line}</p>" for line in text.replace("&", "&amp;").replace("<", "&lt;").split("\n") if line)
        raw = plain(address_of(name), DESK, subject, None, html=f"<html><body>{paragraphs}</body></html>")
        return Mail(f"HTML {host}", raw, answered=bare(address_of(name)), says=(subject, f"https://{host}.zonnedam.example/"))

    def in_charset(self, charset, encoding, subject, line):
        self._number += 1
        sender = address_of(NAMES[self._number % len(NAMES)])
        body = f"{line}\r\n\r\nhttps://tekens{self._number}.zonnedam.example/zoek?q=1\r\n".encode(charset)
        if encoding == "base64":
            body = base64.encodebytes(body).replace(b"\n", b"\r\n")
        elif encoding == "quoted-printable":
            body = quopri.encodestring(body.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        word = base64.b64encode(subject.encode(charset)).decode()
        head = (f"From: {sender}\r\nTo: {DESK}\r\nSubject: =?{charset}?B?{word}?=\r\nDate: {email.utils.formatdate()}\r\n"
                f"Message-ID: <{uuid.uuid4()}@reporters.example>\r\nMIME-Version: 1.0\r\n"
                f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n")
        return Mail(f"{charset} in {encoding}", head.encode() + body, answered=bare(sender), says=(subject, line))

    def with_attachment(self):
        name, subject, text, host = self._next()
        files = [(f"schermafdruk {host}.png", "image/png", PNG), ("verslag.bin", "application/octet-stream", host.encode() * 999)]
        return Mail(f"attachments {host}", plain(address_of(name), DESK, subject, text, attachments=files),
                    answered=bare(address_of(name)), says=(subject,))

    def _keyholder(self):
        self._number += 1
        return self.keyholders[self._number % len(self.keyholders)], f"vertrouwelijk{self._number:03d}"

    def encrypted(self):
        person, host = self._keyholder()
        raw = person.encrypted(DESK, self.desk_certificate, f"Vertrouwelijk: lek in {host}",
                               f"https://{host}.zonnedam.example/zoek?kenmerk=1%27 is gevoelig voor SQL-injectie.\n",
                               attachments=[("bewijs.txt", "text/plain", f"Fout op {host}\n".encode())])
        return Mail(f"encrypted {host}", raw, answered=person.address, says=(f"Vertrouwelijk: lek in {host}", "SQL-injectie"),
                    protection={"encrypted": True, "decryption": "ok", "signature": "good", "signer": person.fingerprint})

    def encrypted_unsigned(self):
        person, host = self._keyholder()
        raw = person.encrypted(DESK, self.desk_certificate, f"Ongetekend: {host}",
                               f"Op https://{host}.zonnedam.example/ staat een back-up open.\n", sign=False)
        return Mail(f"encrypted, not signed {host}", raw, answered=person.address, says=(f"Ongetekend: {host}", "back-up open"),
                    protection={"encrypted": True, "decryption": "ok", "signature": "none"})

    def signed(self):
        person, host = self._keyholder()
        raw = person.signed(DESK, f"Outdated software on {host}", f"https://{host}.zonnedam.example/ has CVE-2017-1001000.\n")
        return Mail(f"signed {host}", raw, answered=person.address, says=(f"Outdated software on {host}", "CVE-2017-1001000"),
                    protection={"encrypted": False, "signature": "good", "signer": person.fingerprint})

    def inline(self):
        person, host = self._keyholder()
        raw = person.inline(DESK, self.desk_certificate, f"Vertrouwelijk {host}",
                            f"https://{host}.zonnedam.example/api/v1/users geeft alle gebruikers terug.\n")
        return Mail(f"inline {host}", raw, answered=person.address, says=("alle gebruikers terug",),
                    protection={"encrypted": True, "decryption": "ok"})

    def wrong_key(self):
        person, host = self._keyholder()
        raw = person.encrypted(DESK, self.stranger.certificate, "Nog iets", f"Dit kan de gemeente niet lezen: {host}.\n")
        return Mail(f"wrong key {host}", raw, kind="undecryptable", answered=person.address,
                    protection={"encrypted": True, "decryption": "no-key"})

    def symmetric(self):
        armour = self.roos.gpg("--armor", "--passphrase", "welkom", "--symmetric", data=b"Alleen met het wachtwoord te lezen.\n")
        return Mail("symmetric", plain(self.roos.mailbox, DESK, "Met een wachtwoord", armour.decode()), kind="undecryptable",
                    answered=self.roos.address, protection={"encrypted": True})

    def damaged(self):
        """A bit of the ciphertext is another one."""
        raw = self.pieter.encrypted(DESK, self.desk_certificate, "Beschadigd", "Dit komt niet heel over.\n" * 40)
        armour = raw[raw.index(b"-----BEGIN PGP MESSAGE"):raw.index(b"-----END PGP MESSAGE")]
        lines = armour.split(b"\r\n")
        binary = bytearray(base64.b64decode(b"".join(lines[2:-2])))
        binary[len(binary) * 3 // 4] ^= 1
        fresh = b"-----BEGIN PGP MESSAGE-----\r\n\r\n" + base64.encodebytes(bytes(binary)).replace(b"\n", b"\r\n")
        return Mail("damaged", raw.replace(armour, fresh), kind="undecryptable", answered=self.pieter.address,
                    protection={"encrypted": True})

    def bounce(self, message_id=None):
        returned = message_id or f"{uuid.uuid4()}@zonnedam.example"
        boundary = "bounce-" + uuid.uuid4().hex
        raw = f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.wilgen.example>
To: cvd@zonnedam.example
Subject: Undelivered Mail Returned to Sender
Date: {email.utils.formatdate()}
Message-ID: <{uuid.uuid4()}@mx.wilgen.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}

Your message could not be delivered.

--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.wilgen.example

Final-Recipient: rfc822; gone@wilgen.example
Action: failed
Status: 5.1.1

--{boundary}
Content-Type: text/rfc822-headers

From: CVD-team Zonnedam <cvd@zonnedam.example>
To: gone@wilgen.example
Subject: We have received your report
Message-ID: <{returned}>

--{boundary}--
""".replace("\n", "\r\n").encode()
        return Mail(f"bounce of {returned}", raw, "filed", "bounce")

    def newsletter(self):
        self._number += 1
        raw = plain("Security Weekly <news@security-weekly.example>", "subscribers@security-weekly.example",
                    f"This week, number {self._number}: ten breaches you should know",
                    f"This week in security: ten breaches.\n\nRead on: https://security-weekly.example/issues/{self._number}\n"
                    "Unsubscribe: https://security-weekly.example/unsubscribe\n",
                    fields=[("Precedence", "bulk"), ("List-Id", "<news.security-weekly.example>"),
                            ("List-Unsubscribe", "<https://security-weekly.example/unsubscribe>")])
        return Mail(f"newsletter {self._number}", raw, "filed", "bulk")

    def out_of_office(self, answer_to=None):
        self._number += 1
        name = NAMES[self._number % len(NAMES)]
        thread = [("In-Reply-To", f"<{answer_to}>"), ("References", f"<{answer_to}>")] if answer_to else []
        raw = plain(address_of(name), DESK, "Automatic reply: We have received your report",
                    f"I am out of the office until Monday ({self._number}) and have no access to my mail.\n",
                    fields=[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), *thread])
        return Mail(f"out of office {self._number}", raw, "filed", "auto-reply")

    def beg_bounty(self):
        self._number += 1
        sender = f"hunter{self._number}@fast-bounties.example"
        raw = plain(f"Bug Hunter <{sender}>", DESK, "Vulnerability found - bounty?",
                    "Hello Sir,\n\nI am a security researcher and found vulnerability in your website zonnedam.example: missing SPF "
                    "and DMARC record, no X-Frame-Options header.\n\nPlease tell me do you have a bug bounty program? I am waiting "
                    "for my reward to share more details.\n")
        return Mail(f"beg bounty {self._number}", raw, "case", "beg-bounty", answered=sender)

    def advertisement(self):
        self._number += 1
        raw = plain(f"Growth Agency <sales{self._number}@rank-higher.example>", DESK, "Boost your Google ranking today",
                    "Dear business owner,\n\nwe offer SEO services, backlinks and web design at a special discount. "
                    f"Book a free demo today: https://rank-higher.example/{self._number}\n\nLimited offer, buy now!\n")
        return Mail(f"advertisement {self._number}", raw, "filed", "spam")

    # -- what answers the desk -------------------------------------------------------------------------------

    def then(self, answered):
        """answered: the mails that were acknowledged, each with the Message-ID of its acknowledgement and its case."""
        clear = [row for row in answered if not row[0].protection and row[0].kind == "report"]
        sealed = [row for row in answered if row[0].name.startswith("encrypted vertrouwelijk")]
        mails = [self.answer(*row) for row in clear[:14]]
        mails += [self.encrypted_answer(*row) for row in sealed[:8]]
        mails += [self.tagged(*row) for row in clear[14:18]]
        mails += [self.tagged_by_a_stranger(*row) for row in clear[18:21]]
        mails += [self._about(self.bounce(message_id), mail) for mail, message_id, _ in clear[21:26]]
        mails += [self._about(self.out_of_office(message_id), mail) for mail, message_id, _ in clear[26:30]]
        mails += [Mail(mail.name + ", again", mail.raw, None, mail.kind, "cvd") for mail in mails[:2]]
        for number, mail in enumerate(mails):
            if mail.result is not None:
                mail.mailbox = ("cvd", "security")[number % 2]
        return mails

    @staticmethod
    def _about(mail, first):
        mail.answers = first
        return mail

    def answer(self, mail, message_id, reference):
        self._number += 1
        raw = plain(f"<{mail.answered}>", DESK, f"Re: [{reference}] We have received your report",
                    f"Thanks. The same happens in https://meer{self._number}.zonnedam.example/archief?q=test\n",
                    fields=[("In-Reply-To", f"<{message_id}>"), ("References", f"<{message_id}>")])
        return Mail(f"answer about {reference}", raw, "follow-up", "followup", says=(f"https://meer{self._number}.",), answers=mail)

    def encrypted_answer(self, mail, message_id, reference):
        person = next(p for p in self.keyholders if p.address == mail.answered)
        self._number += 1
        raw = person.encrypted(DESK, self.desk_certificate, f"Re: {reference}", f"Nog een adres: https://meer{self._number}.zonnedam.example/\n",
                               fields=[("In-Reply-To", f"<{message_id}>"), ("References", f"<{message_id}>")])
        return Mail(f"encrypted answer about {reference}", raw, "follow-up", "followup", says=(f"https://meer{self._number}.",),
                    protection={"encrypted": True, "decryption": "ok", "signature": "good"}, answers=mail)

    def tagged(self, mail, _, reference):
        """A new mail of the reporter: the tag alone leads to the case."""
        raw = plain(f"<{mail.answered}>", DESK, f"One more thing about [{reference}]", "It works in every browser that I tried.\n")
        return Mail(f"tagged {reference}", raw, "follow-up", "followup", answers=mail)

    def tagged_by_a_stranger(self, mail, _, reference):
        """Whoever knows the tag of a case does not get into it by that."""
        self._number += 1
        sender = f"passer-by{self._number}@elsewhere.example"
        raw = plain(f"<{sender}>", DESK, f"About [{reference}]", "Please send your answers about this case to my address from now on.\n")
        return Mail(f"a stranger about {reference}", raw, "case", "followup", answered=sender)


def by_another_way(raw):
    """The same mail as another server delivered it."""
    trace = (b"Return-Path: <reporter@reporters.example>\r\nDelivered-To: security@zonnedam.example\r\n"
             b"Received: from mx2.zonnedam.example by imap2.zonnedam.example with LMTP id 7f3a; Sun, 22 Nov 2026 10:00:00 +0000\r\n")
    return trace + raw
