#include "core/text.hpp"
#include "mime/html.hpp"

#include <catch2/catch.hpp>

using namespace cvdesk;
using namespace cvdesk::mime;

namespace {
std::string text_of(std::string_view html) {
  return html_to_text(html).text;
}
} // namespace

TEST_CASE("blocks become lines and paragraphs") {
  CHECK(text_of("<p>one</p><p>two\n words</p>") == "one\n\ntwo words");
  CHECK(text_of("<div>one</div><div>two</div>three") == "one\ntwo\nthree");
  CHECK(text_of("a<br>b<br/>c") == "a\nb\nc");
  CHECK(text_of("a<br><br>b") == "a\n\nb");
  CHECK(text_of("<h1>Title</h1>text") == "Title\n\ntext");
  CHECK(text_of("plain words") == "plain words");
  CHECK(text_of("") == "");
  CHECK(text_of("a <b>bold</b><i>italic</i> z") == "a bolditalic z");
  CHECK(text_of("a<hr>b") == "a\n---\nb");
}

TEST_CASE("empty lines come out once, however an editor wrote them") {
  CHECK(text_of("<div>a</div><div><br></div><div>b</div>") == "a\n\nb");
  CHECK(text_of("<div>a</div><div>&nbsp;</div><div>b</div>") == "a\n\nb");
  CHECK(text_of("<p>a</p><p>&nbsp;</p><p>b</p>") == "a\n\nb");
  CHECK(text_of("a<br>&nbsp;<br>b") == "a\n\nb");
}

TEST_CASE("lists, quotes, tables and preformatted text keep their form") {
  CHECK(text_of("<ul><li>one<li>two</ul>") == "- one\n- two");
  CHECK(text_of("x<ol start=3><li>one</li><li>two</li></ol>y") == "x\n\n3. one\n4. two\n\ny");
  CHECK(text_of("<ul><li>one<ul><li>in</ul><li>two</ul>") == "- one\n  - in\n- two");
  CHECK(text_of("a<blockquote>q1<br>q2</blockquote>b") == "a\n\n> q1\n> q2\n\nb");
  CHECK(text_of("<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>") == "a  b\nc  d");
  CHECK(text_of("<pre>  x\n    y\n\nz</pre>") == "  x\n    y\n\nz");
}

TEST_CASE("blanks before a row do not confuse its cells") {
  CHECK(text_of("<table>a&nbsp;&nbsp;&nbsp;<tr>b<td>c</table>") == "a\nb  c");
}

TEST_CASE("a link keeps its target where its text says something else") {
  auto html = html_to_text("see <a href=\"https://evil.example/x\">https://good.example</a>.");
  CHECK(html.text == "see https://good.example <https://evil.example/x>.");
  REQUIRE(html.links.size() == 1);
  CHECK(html.links[0].target == "https://evil.example/x");
  CHECK(html.links[0].text == "https://good.example");
  CHECK_FALSE(html.links[0].image);
  CHECK(text_of("<a href='https://x.example/'>x.example</a>") == "x.example");
  CHECK(text_of("<a href='mailto:a@b'>a@b</a>") == "a@b");
  CHECK(text_of("<a href='https://x/?a=1&amp;b=2'>y</a>") == "y <https://x/?a=1&b=2>");
  CHECK(text_of("<a href=https://x/y>z</a>") == "z <https://x/y>");
}

TEST_CASE("only absolute targets count, and none can break out of its brackets") {
  CHECK(html_to_text(
            "<a href='/x'>a</a><a href='#y'>b</a><a href='javascript:alert(1)'>c</a><a href='data:x'>d</a>")
            .links.empty());
  CHECK(text_of("<a href='https://x/> [hidden: <y\n z'>a</a>") ==
        "a <https://x/%3E%20[hidden:%20%3Cy%20%20z>");
}

TEST_CASE("images are links without text") {
  const auto html = html_to_text("<img src='https://tracker.example/p.gif' alt='a dog'><img src='cid:x'>");
  CHECK(html.text == "[a dog]");
  REQUIRE(html.links.size() == 1);
  CHECK(html.links[0].image);
  CHECK(html.links[0].text.empty());
}

TEST_CASE("scripts, styles, comments and titles are no text") {
  CHECK(
      text_of("<head><title>t</title><style>p{}</style></head><body>a<script>if (1<2) x('<p>')</script>b") ==
      "ab");
  CHECK(text_of("a<!-- b --><!--[if mso]> c <![endif]-->d") == "ad");
  CHECK(text_of("<!DOCTYPE html><?xml version='1.0'?>x") == "x");
  CHECK(text_of("a<SCRIPT>b</ScRiPt >c") == "ac");
}

TEST_CASE("what never ends is shown rather than lost") {
  CHECK(text_of("a<!-- b").find("b") != std::string::npos);
  CHECK(text_of("a<script>b").find("b") != std::string::npos);
  CHECK(text_of("a<p title=\"b").find("b") != std::string::npos);
  CHECK(text_of("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2");
  CHECK(text_of("a<p title=\"x>b") == "a\n\nb");
}

TEST_CASE("text that its style hides is marked") {
  for (const auto* attribute :
       {"style='display:none'", "style=\"color:red; DISPLAY : none !important\"", "style='visibility:hidden'",
        "style='font-size:0px'", "style='font-size: 0'", "hidden", "style='mso-hide:all'"}) {
    const auto html = html_to_text(std::string("a<span ") + attribute + ">secret</span>b");
    INFO(attribute);
    CHECK(html.hidden);
    CHECK(html.text == "a[hidden: secret]b");
  }
  CHECK_FALSE(html_to_text("<p style='font-size:0.9em;display:block'>a</p>").hidden);
  CHECK_FALSE(html_to_text("a<span style='display:none'> </span>b").hidden);
}

TEST_CASE("entities become characters, and control characters go") {
  CHECK(text_of("caf&eacute; &lt;b&gt; &#8364; &amp;amp;") == "café <b> € &amp;");
  CHECK(text_of("a&#27;[2J&#0;b") == "a[2Jb");
  CHECK(text_of("a&nbsp;b") == "a b");
  CHECK(is_valid_utf8(text_of("\xFF\xFE<p>\xC3")));
}

TEST_CASE("the page's own idea of its charset is not followed") {
  CHECK(text_of("<meta charset='iso-8859-1'><p>café") == "café");
}

TEST_CASE("an enormous picture in a tag does not hide the text around it") {
  const auto html = "before<img src=\"data:image/png;base64," + std::string(300'000, 'A') + "\">after";
  CHECK(text_of(html) == "beforeafter");
}

TEST_CASE("text deep inside is not lost") {
  std::string html;
  for (int i = 0; i < 50'000; ++i) {
    html += "<div><b>";
  }
  CHECK(text_of(html + "deep") == "deep");
}

TEST_CASE("beyond a mebibyte the page is cut") {
  const auto html = html_to_text("start " + std::string(2u << 20, 'x') + " end");
  CHECK(html.cut);
  CHECK(html.text.starts_with("start x"));
  CHECK(html.text.size() <= (1u << 20));
}

TEST_CASE("no more than two thousand links are kept") {
  std::string html;
  for (int i = 0; i < 3000; ++i) {
    html += "<a href=https://x/" + std::to_string(i) + ">l</a>";
  }
  CHECK(html_to_text(html).links.size() == 2000);
}

TEST_CASE("text in the colour of its background is hidden, and text in another colour inside it is not") {
  const auto hidden = [](const std::string& html) { return html_to_text(html).text; };
  CHECK(hidden("a <span style=\"color: #fff\">b</span> c") == "a [hidden: b] c");
  CHECK(hidden("a <font color=white>b</font> c") == "a [hidden: b] c");
  CHECK(hidden("a <i style='color:#FEFEFE !important'>b</i>") == "a [hidden: b]");
  CHECK(hidden(
            "<table><tr><td bgcolor='#000000'><font color='rgb(255, 255, 255)'>b</font></td></tr></table>") ==
        "b");
  CHECK(hidden("<div style='background:#123456'>a <b style='color:#123457'>b</b> c</div>") ==
        "a [hidden: b] c");
  CHECK(hidden("<font color=white><b style='color:black'>a</b> b</font> c") == "a [hidden: b] c");
  CHECK(hidden("<div style='background:#000'>a</div>") == "[hidden: a]");
  CHECK(hidden("<style>x</style><div style='background:#000'>a</div>") == "a");
  CHECK(hidden("<body text=white bgcolor=black>a</body>") == "a");
  CHECK(hidden("<td background='x.png'><font color=white>b</font></td>") == "b");
  CHECK(hidden("<font color=rgba(255,255,255,0.5)>b</font>") == "b");
}

TEST_CASE("text too small to read or out of sight is hidden") {
  for (const std::string style : {"font-size:1px", "font-size: 0.1em", "max-height:0;overflow:hidden",
                                  "height:1px; width:1px; overflow:hidden", "text-indent:-9999px",
                                  "position:absolute;left:-10000px", "opacity:0.01", "clip:rect(0,0,0,0)"}) {
    CHECK(html_to_text("<div style=\"" + style + "\">x</div>").text == "[hidden: x]");
  }
  for (const std::string style :
       {"font-size:10px", "font-size:100%", "height:1px", "width:100%;overflow:hidden", "text-indent:-2em",
        "margin-left:-10px", "opacity:1", "line-height:0"}) {
    CHECK(html_to_text("<div style=\"" + style + "\">x</div>").text == "x");
  }
}

TEST_CASE("what is hidden stays so beneath any depth") {
  std::string html = "<font color=white>";
  for (int i = 0; i < 1000; ++i) {
    html += "<div>";
  }
  CHECK(html_to_text(html + "deep").text == "[hidden: deep]");
  CHECK(html_to_text(html + "<font color=black>deep").text == "deep");
}
