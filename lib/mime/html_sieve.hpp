// HTML made harmless before libxml2 sees it: only well-formed tags with the few attributes that text needs.
// Inside mime only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace cvdesk::mime {

// Comments, declarations, scripts, styles, templates and titles go; so do tags longer than 64 KiB, and all
// attributes but href, src, alt, style, hidden, start and colours. A body becomes a div. A "<" that begins no
// tag becomes "&lt;". Linear, also where quotes, comments and tags never end. `feed` gets the rest in pieces
// of whole tags and texts, about 512 bytes each where the tags are small.
void sieve_html(std::string_view html, const std::function<void(std::string_view)>& feed);

} // namespace cvdesk::mime
