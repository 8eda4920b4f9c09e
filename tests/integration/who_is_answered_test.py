#!/usr/bin/python3
"""A hundred senders and headers: who gets an acknowledgement, who does not, and why. One desk takes all of them in.

The expectations come from RFC 3834 (when to respond automatically, 2; where to, 4), RFC 5230 (vacation: 4.5 to 4.8),
RFC 2369 and 2919 (lists), RFC 5321 (the null path), RFC 3464 (delivery reports), MS-OXCMAIL (X-Auto-Response-Suppress).
"""
import unittest

from case import IntegrationTest

DESK = "cvd@zonnedam.example"
TEXT = """Hello,

https://www.zonnedam.example/zoeken?q=1 reflects the parameter q without escaping it (XSS, CWE-79).

1. Open the address above.
2. The script runs.

Regards
"""
SENDER = "SENDER"  # the mail's own From address

# what the row is about; header fields beside To, Subject and From (a From replaces the usual one); who is answered (None: nobody);
# why not, as the case's log says where there is a case.
ROWS = [
    # -- people ---------------------------------------------------------------------------------------------------
    ("a plain mail", [], SENDER, None),
    ("with a return path", [("Return-Path", "<someone@bulkmailer.example>")], SENDER, None),
    ("return path of a VERP list server, mail of a person", [("Return-Path", "<bounces+1234=x@mailer.example>")], SENDER, None),
    ("a display name with a comma", [("From", '"Vermeer, Rosa" <SENDER>')], SENDER, None),
    ("a bare address", [("From", "SENDER")], SENDER, None),
    ("a comment for a name", [("From", "SENDER (Rosa Vermeer)")], SENDER, None),
    ("an encoded name", [("From", "=?utf-8?B?UsOzc2E=?= <SENDER>")], SENDER, None),
    ("another address in the name", [("From", '"cvd@zonnedam.example" <SENDER>')], SENDER, None),
    ("upper case", [("From", "<ROSA@UPPER.EXAMPLE>")], "ROSA@upper.example", None),
    ("a tag in the local part", [("From", "<rosa+cvd@tagged.example>")], "rosa+cvd@tagged.example", None),
    ("one Reply-To", [("Reply-To", "Rosa <rosa@private1.example>")], "rosa@private1.example", None),
    ("one Reply-To, the same address", [("Reply-To", "<SENDER>")], SENDER, None),
    ("two in Reply-To", [("Reply-To", "a@two.example, b@two.example")], SENDER, None),
    ("two Reply-To fields", [("Reply-To", "a@three.example"), ("Reply-To", "b@three.example")], SENDER, None),
    ("an empty Reply-To", [("Reply-To", "")], SENDER, None),
    ("a group in Reply-To", [("Reply-To", "undisclosed:;")], SENDER, None),
    ("two in From, one Reply-To", [("From", "a@four.example, b@four.example"), ("Reply-To", "c@four.example")], "c@four.example", None),
    ("a Sender field", [("Sender", "secretary@office.example")], SENDER, None),
    ("Auto-Submitted: no", [("Auto-Submitted", "no")], SENDER, None),
    ("Auto-Submitted: No with a comment", [("Auto-Submitted", "No (typed by hand)")], SENDER, None),
    ("Precedence: first-class", [("Precedence", "first-class")], SENDER, None),
    ("Precedence: normal", [("Precedence", "normal")], SENDER, None),
    ("an urgent mail", [("X-Priority", "1"), ("Importance", "high")], SENDER, None),
    ("suppresses receipts alone", [("X-Auto-Response-Suppress", "DR, RN, NRN")], SENDER, None),
    ("suppresses out-of-office alone", [("X-Auto-Response-Suppress", "OOF")], SENDER, None),
    ("X-Autoreply: no", [("X-Autoreply", "no")], SENDER, None),
    ("asks for a receipt", [("Disposition-Notification-To", "<SENDER>")], SENDER, None),
    ("an unknown X- header", [("X-Mailer", "Autoresponder 2000")], SENDER, None),
    ("a subject about auto-replies", [("Subject", "Auto-reply loop in your contact form")], SENDER, None),
    ("our own list", [("List-Id", "CVD <cvd.lists.zonnedam.example>"), ("Precedence", "list"), ("List-Post", "<mailto:cvd@lists.zonnedam.example>")], SENDER, None),
    ("our own list in upper case", [("List-Id", "<CVD.Lists.Zonnedam.Example>")], SENDER, None),
    ("answers somebody else's mail", [("In-Reply-To", "<x@elsewhere.example>"), ("References", "<x@elsewhere.example>")], SENDER, None),
    ("a name that begins like nobody", [("From", "<nora.replyson@people.example>")], "nora.replyson@people.example", None),
    ("a name that begins like owner", [("From", "<owner.of.a.shop@people2.example>")], "owner.of.a.shop@people2.example", None),
    ("a bouncer by trade", [("From", "<bouncer@club.example>")], "bouncer@club.example", None),
    ("a member of a role team", [("From", "<security@vendor.example>")], "security@vendor.example", None),
    ("abuse@ of another", [("From", "<abuse@provider.example>")], "abuse@provider.example", None),
    ("info@", [("From", "<info@company.example>")], "info@company.example", None),
    ("a colleague of our own domain", [("From", "<jan@zonnedam.example>")], "jan@zonnedam.example", None),
    ("an address that only resembles ours", [("From", "<cvd@zonnedam.example.evil.example>")], "cvd@zonnedam.example.evil.example", None),
    ("an address with a number", [("From", "<12345@numbers.example>")], "12345@numbers.example", None),
    ("an IDN domain in A-labels", [("From", "<rosa@xn--mnchen-3ya.example>")], "rosa@xn--mnchen-3ya.example", None),
    ("a plus sign before nobody's word", [("From", "<rosa+noreply@people3.example>")], "rosa+noreply@people3.example", None),
    # -- automatic mail: RFC 3834, 2 and 5 ---------------------------------------------------------------------------
    ("Auto-Submitted: auto-replied", [("Auto-Submitted", "auto-replied")], None, "automatic-mail"),
    ("Auto-Submitted: auto-generated", [("Auto-Submitted", "auto-generated")], None, "automatic-mail"),
    ("Auto-Submitted: auto-notified", [("Auto-Submitted", "auto-notified; owner-email=\"x@y.example\"")], None, "automatic-mail"),
    ("Auto-Submitted in capitals", [("AUTO-SUBMITTED", "AUTO-GENERATED")], None, "automatic-mail"),
    ("Auto-Submitted: a word of the future", [("Auto-Submitted", "auto-imagined")], None, "automatic-mail"),
    ("Auto-Submitted with a parameter", [("Auto-Submitted", "auto-generated;type=cron")], None, "automatic-mail"),
    ("Auto-Submitted with a comment", [("Auto-Submitted", "auto-generated (cron)")], None, "automatic-mail"),
    ("automatic, with a Reply-To", [("Auto-Submitted", "auto-generated"), ("Reply-To", "<victim@victims.example>")], None, "automatic-mail"),
    ("X-Auto-Response-Suppress: All", [("X-Auto-Response-Suppress", "All")], None, "automatic-mail"),
    ("X-Auto-Response-Suppress: AutoReply", [("X-Auto-Response-Suppress", "AutoReply")], None, "automatic-mail"),
    ("X-Auto-Response-Suppress: a list with it", [("X-Auto-Response-Suppress", "DR, OOF, AutoReply")], None, "automatic-mail"),
    ("X-Autoreply: yes", [("X-Autoreply", "yes")], None, "automatic-mail"),
    ("X-Autorespond", [("X-Autorespond", "re: hello")], None, "automatic-mail"),
    ("X-Autoresponder", [("X-Autoresponder", "1")], None, "automatic-mail"),
    ("X-Autogenerated: Reply", [("X-Autogenerated", "Reply")], None, "automatic-mail"),
    ("Precedence: auto_reply", [("Precedence", "auto_reply")], None, "automatic-mail"),
    # -- bulk and lists: RFC 3834, 2; RFC 5230, 4.6; RFC 2369; RFC 2919 ----------------------------------------------------
    ("Precedence: bulk", [("Precedence", "bulk")], None, "bulk"),
    ("Precedence: BULK", [("Precedence", "BULK")], None, "bulk"),
    ("Precedence: junk", [("Precedence", "junk")], None, "bulk"),
    ("Precedence: list", [("Precedence", "list")], None, "list"),
    ("Precedence: bulk (comment)", [("Precedence", "bulk (mass mailing)")], None, "bulk"),
    ("List-Id of another", [("List-Id", "<discuss.lists.elsewhere.example>")], None, "list"),
    ("List-Id that contains ours", [("List-Id", "<cvd.lists.zonnedam.example.evil.example>")], None, "list"),
    ("List-Help", [("List-Help", "<mailto:help@lists.elsewhere.example>")], None, "list"),
    ("List-Post", [("List-Post", "<mailto:list@elsewhere.example>")], None, "list"),
    ("List-Post: NO", [("List-Post", "NO")], None, "list"),
    ("List-Owner", [("List-Owner", "<mailto:owner@elsewhere.example>")], None, "list"),
    ("List-Archive", [("List-Archive", "<https://lists.elsewhere.example/>")], None, "list"),
    ("List-Subscribe", [("List-Subscribe", "<mailto:join@elsewhere.example>")], None, "list"),
    ("List-Unsubscribe", [("List-Unsubscribe", "<https://mailer.example/u>")], None, "list"),
    ("List-Unsubscribe-Post", [("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")], None, "list"),
    ("our own list, but bulk", [("List-Id", "<cvd.lists.zonnedam.example>"), ("Precedence", "bulk")], None, "bulk"),
    # -- nobody there: RFC 3834, 4; RFC 5321, 4.5.5 -----------------------------------------------------------------------
    ("a null return path", [("Return-Path", "<>")], None, "null-sender"),
    ("a null return path with a blank", [("Return-Path", "< >")], None, "null-sender"),
    ("a null return path with a Reply-To", [("Return-Path", "<>"), ("Reply-To", "<victim@victims.example>")], None, "null-sender"),
    ("no-reply", [("From", "<no-reply@robots.example>")], None, "no-reply"),
    ("noreply", [("From", "<noreply@robots.example>")], None, "no-reply"),
    ("NoReply", [("From", "<NoReply@robots.example>")], None, "no-reply"),
    ("no_reply", [("From", "<no_reply@robots.example>")], None, "no-reply"),
    ("no.reply", [("From", "<no.reply@robots.example>")], None, "no-reply"),
    ("donotreply", [("From", "<donotreply@robots.example>")], None, "no-reply"),
    ("do-not-reply", [("From", "<do-not-reply@robots.example>")], None, "no-reply"),
    ("noreply with a tag", [("From", "<noreply+42@robots.example>")], None, "no-reply"),
    ("noreply with a suffix", [("From", "<noreply-billing@robots.example>")], None, "no-reply"),
    ("geen antwoord: niet-beantwoorden", [("From", "<niet-beantwoorden@robots.example>")], None, "no-reply"),
    ("nicht-antworten", [("From", "<nicht-antworten@robots.example>")], None, "no-reply"),
    ("ne-pas-repondre", [("From", "<ne-pas-repondre@robots.example>")], None, "no-reply"),
    ("MAILER-DAEMON", [("From", "<MAILER-DAEMON@mx.example>")], None, "no-reply"),
    ("mailer-daemon in lower case", [("From", "<mailer-daemon@mx.example>")], None, "no-reply"),
    ("postmaster", [("From", "<postmaster@mx.example>")], None, "no-reply"),
    ("owner-LIST", [("From", "<owner-discuss@lists.example>")], None, "no-reply"),
    ("LIST-owner", [("From", "<discuss-owner@lists.example>")], None, "no-reply"),
    ("LIST-request", [("From", "<discuss-request@lists.example>")], None, "no-reply"),
    ("LIST-bounces", [("From", "<discuss-bounces@lists.example>")], None, "no-reply"),
    ("LISTSERV", [("From", "<LISTSERV@lists.example>")], None, "no-reply"),
    ("majordomo", [("From", "<majordomo@lists.example>")], None, "no-reply"),
    ("bounces+VERP", [("From", "<bounces+12=a@lists.example>")], None, "no-reply"),
    ("Reply-To is no-reply", [("Reply-To", "<no-reply@robots.example>")], None, "no-reply"),
    # -- ourselves: a loop -----------------------------------------------------------------------------------------------
    ("from our address", [("From", "<cvd@zonnedam.example>")], None, "own-address"),
    ("from our address in other letters", [("From", "<CVD@Zonnedam.Example>")], None, "own-address"),
    ("from an alias of ours", [("From", "<security@zonnedam.example>")], None, "own-address"),
    ("from ourselves, to another", [("From", "<cvd@zonnedam.example>"), ("Reply-To", "<victim@victims.example>")], None, "own-address"),
    ("Reply-To is our address", [("Reply-To", "<cvd@zonnedam.example>")], None, "own-address"),
    ("Reply-To is our alias", [("Reply-To", "<SECURITY@zonnedam.example>")], None, "own-address"),
    # -- not one usable address: RFC 3834, 4 --------------------------------------------------------------------------------
    ("two in From", [("From", "a@five.example, b@five.example")], None, "no-single-address"),
    ("two From fields", [("From", "a@six.example"), ("From", "b@six.example")], None, "no-single-address"),
    ("no From", [("From", None)], None, "no-single-address"),
    ("a From without an address", [("From", "Rosa Vermeer")], None, "unusable-address"),
    ("a From without a domain", [("From", "<rosa>")], None, "unusable-address"),
    ("a group for a From", [("From", "Reporters: ;")], None, "no-single-address"),
    ("a local part with a line end in it", [("From", "\"ro\\\r\n sa\"@seven.example")], None, "unusable-address"),
]


OURS = "mx.zonnedam.example"
RECEIVED = ("Received", "from mail.reporter.example by mx.zonnedam.example with ESMTPS; Mon, 16 Nov 2026 10:00:00 +0100")
PASS = ("Authentication-Results", f"{OURS}; dkim=pass header.d=SENDER_DOMAIN; dmarc=pass (p=reject) header.from=SENDER_DOMAIN")
FAIL = ("Authentication-Results", f"{OURS}; dmarc=fail header.from=SENDER_DOMAIN")
# With dmarc_authserv_id: the fields above the mail's own, topmost first (RFC 8601, 5 and 7.1), and whether it is answered.
DMARC_ROWS = [
    ("our server says pass", [PASS, RECEIVED], True),
    ("our server's name in other letters", [("Authentication-Results", "MX.Zonnedam.Example 1; dmarc=pass header.from=SENDER_DOMAIN"), RECEIVED], True),
    ("no domain said", [("Authentication-Results", f"{OURS}; dmarc=pass"), RECEIVED], True),
    ("pass, then a hop of our own", [("Received", "by store.zonnedam.example"), PASS, RECEIVED], True),
    ("two fields of our server, one of DMARC", [("Authentication-Results", f"{OURS}; spf=pass smtp.mailfrom=x@y.example"), PASS, RECEIVED], True),
    ("somebody else's fail above", [("Authentication-Results", "other.example; dmarc=fail"), PASS, RECEIVED], True),
    ("a forged fail of our name further down", [PASS, RECEIVED, FAIL], True),
    ("nothing said", [RECEIVED], False),
    ("our server says fail", [FAIL, RECEIVED], False),
    ("our server says none", [("Authentication-Results", f"{OURS}; dmarc=none header.from=SENDER_DOMAIN"), RECEIVED], False),
    ("our server says nothing of DMARC", [("Authentication-Results", f"{OURS}; spf=pass; dkim=pass"), RECEIVED], False),
    ("our server found nothing", [("Authentication-Results", f"{OURS}; none"), RECEIVED], False),
    ("a forged pass below our server's fail", [FAIL, RECEIVED, PASS], False),
    ("a forged pass below our server's silence", [("Authentication-Results", f"{OURS}; spf=none"), RECEIVED, PASS], False),
    ("pass and fail in one hop", [PASS, FAIL, RECEIVED], False),
    ("another server says pass", [("Authentication-Results", "mx.evil.example; dmarc=pass header.from=SENDER_DOMAIN"), RECEIVED], False),
    ("a server whose name begins like ours", [("Authentication-Results", f"{OURS}.evil.example; dmarc=pass"), RECEIVED], False),
    ("pass for another domain", [("Authentication-Results", f"{OURS}; dmarc=pass header.from=bulk.example"), RECEIVED], False),
    ("pass in a comment", [("Authentication-Results", f"{OURS}; dmarc=fail (was dmarc=pass) header.from=SENDER_DOMAIN"), RECEIVED], False),
    ("pass in a quoted string", [("Authentication-Results", f'{OURS}; spf=pass smtp.mailfrom="; dmarc=pass"'), RECEIVED], False),
    ("pass behind another's name in a comment", [("Authentication-Results", f"evil.example ({OURS}; dmarc=pass); dmarc=pass"), RECEIVED], False),
    ("both pass and fail in one field", [("Authentication-Results", f"{OURS}; dmarc=pass; dmarc=fail"), RECEIVED], False),
]


class WhoIsAnswered(IntegrationTest):
    def mail(self, number, fields):
        sender = f"rosa@row{number}.example"
        has_from = any(name == "From" for name, _ in fields)
        lines = [] if has_from else [f"From: Rosa Vermeer <{sender}>"]
        lines += [f"{name}: {value.replace('SENDER_DOMAIN', sender.rpartition('@')[2]).replace('SENDER', sender)}" for name, value in fields if value is not None]
        if not any(name == "Subject" for name, _ in fields):
            lines.append(f"Subject: XSS in the search, {number}")
        lines += [f"To: {DESK}", f"Message-ID: <{number}@row.example>", "Date: Mon, 16 Nov 2026 10:00:00 +0100"]
        return sender, ("\r\n".join(lines) + "\r\n\r\n" + f"{TEXT}\nNumber {number}\n".replace("\n", "\r\n")).encode()

    def test_each_row_of_the_table(self):
        self.assertGreaterEqual(len(ROWS), 100)
        desk, sink, dovecot = self.desk(), self.sink(), self.dovecot()
        desk.configure([desk.mailbox("cvd", dovecot, aliases=["security@zonnedam.example"], list_ids=["cvd.lists.zonnedam.example"])],
                       desk.submission(sink))
        folder = desk.folder / "rows"
        folder.mkdir()
        paths, senders = [], {}
        for number, (_, fields, _, _) in enumerate(ROWS):
            senders[number], raw = self.mail(number, fields)
            paths.append(folder / f"{number:03d}.eml")
            paths[-1].write_bytes(raw)
        taken = {int(line["source"][-7:-4]): line for line in desk.json("import", *paths)}
        answered = {}
        for row in desk.json("outbox"):
            answered.setdefault(row["case"], []).append(row["to"])
        for number, (what, _, to, why) in enumerate(ROWS):
            with self.subTest(row=number, what=what):
                line = taken[number]
                self.assertIn(line["result"], ("case", "filed"))
                sent = answered.get(line["case"], []) if line["case"] else []
                self.assertEqual(sent, [to.replace("SENDER", senders[number])] if to else [])
                if to is None and line["result"] == "case":
                    said = [event["detail"] for event in desk.json("log", line["case"]) if event["action"] == "not-acknowledged"]
                    self.assertEqual(said, [why])
                elif to is None:
                    self.assertIn(line["kind"], ("auto-reply", "bulk", "bounce"))

    def test_where_dmarc_is_asked_for_only_the_topmost_word_of_our_own_server_counts(self):
        desk, sink, dovecot = self.desk(), self.sink(), self.dovecot()
        desk.configure([desk.mailbox("cvd", dovecot)], desk.submission(sink), tables=f'[acknowledge]\ndmarc_authserv_id = "{OURS}"\n')
        paths, senders = [], []
        for number, (_, fields, _) in enumerate(DMARC_ROWS):
            sender, raw = self.mail(number, fields)
            lines = raw.split(b"\r\n")
            paths.append(desk.folder / f"{number:03d}.eml")
            paths[-1].write_bytes(b"\r\n".join(lines[1:1 + len(fields)] + lines[:1] + lines[1 + len(fields):]))
            senders.append(sender)
        taken = {int(line["source"][-7:-4]): line for line in desk.json("import", *paths)}
        answered = {row["to"] for row in desk.json("outbox")}
        for number, (what, _, passes) in enumerate(DMARC_ROWS):
            with self.subTest(row=number, what=what):
                self.assertEqual(senders[number] in answered, passes)
                if not passes:
                    said = [event["detail"] for event in desk.json("log", taken[number]["case"]) if event["action"] == "not-acknowledged"]
                    self.assertEqual(said, ["dmarc-not-passed"])


if __name__ == "__main__":
    unittest.main()
