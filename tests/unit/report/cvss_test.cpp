#include "report/cvss.hpp"

#include <catch2/catch.hpp>

using cvdesk::report::check_cvss;
using cvdesk::report::cvss_base_score;
using cvdesk::report::find_cvss;

TEST_CASE("vectors are accepted as the specifications say, and nothing else is") {
  CHECK(check_cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H") == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
  CHECK(check_cvss("cvss:3.1/av:n/ac:l/pr:n/ui:n/s:u/c:h/i:h/a:h") == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
  CHECK(check_cvss("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.0") == "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
  CHECK(check_cvss("AV:N/AC:L/Au:N/C:P/I:P/A:P") == "AV:N/AC:L/Au:N/C:P/I:P/A:P");
  CHECK_FALSE(check_cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"));           // a base metric is missing
  CHECK_FALSE(check_cvss("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")); // one is there twice
  CHECK_FALSE(check_cvss("CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"));
  CHECK_FALSE(check_cvss("CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"));
}

TEST_CASE("base scores are computed as published") {
  CHECK(cvss_base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H") == Approx(9.8));
  CHECK(cvss_base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N") == Approx(6.1));
  CHECK(cvss_base_score("CVSS:3.0/AV:L/AC:H/PR:H/UI:N/S:U/C:L/I:N/A:N") == Approx(1.9));
  CHECK(cvss_base_score("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N") == Approx(6.5));
  CHECK(cvss_base_score("AV:N/AC:L/Au:N/C:P/I:P/A:P") == Approx(7.5));
  CHECK(cvss_base_score("AV:N/AC:L/Au:N/C:N/I:N/A:C") == Approx(7.8));
}

TEST_CASE("a CVSS 4.0 vector scores what FIRST's calculator says") {
  CHECK(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N") == Approx(9.3));
  CHECK(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H") == Approx(10.0));
  CHECK(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N") == Approx(9.2));
  CHECK(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N") == Approx(6.9));
  CHECK(cvss_base_score("CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N") == Approx(8.5));
  CHECK(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N") == Approx(0.0));
  CHECK(cvss_base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U") == Approx(8.1));
}

TEST_CASE("the version that the text names completes a vector") {
  CHECK(find_cvss("CVSS v3.1 (AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N)").front() == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N");
  CHECK(find_cvss("CVSS 4.0: AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N").front().starts_with("CVSS:4.0/"));
  CHECK(find_cvss("no vector here, AV:N only").empty());
}
