# cvdesk_embed_texts(target identifier file...): compiles text files into the target as
#   const std::map<std::string_view, std::string_view> cvdesk::embedded::identifier   (file name → content)
# declared by a generated header "embedded/identifier.hpp". Names are relative to BASE.
function(cvdesk_embed_texts target identifier)
  cmake_parse_arguments(ARG "" "BASE" "FILES" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(entries "")
  foreach(file ${ARG_FILES})
    file(READ ${ARG_BASE}/${file} content)
    string(APPEND entries "    {\"${file}\", R\"~~~~(${content})~~~~\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_BASE}/${file})
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/embedded/${identifier}.hpp @ONLY CONTENT
"#pragma once
#include <map>
#include <string_view>
namespace cvdesk::embedded {
extern const std::map<std::string_view, std::string_view> ${identifier};
}
")
  set(source "#include \"embedded/${identifier}.hpp\"\nnamespace cvdesk::embedded {\nconst std::map<std::string_view, std::string_view> ${identifier} = {\n${entries}};\n}\n")
  file(WRITE ${folder}/${identifier}.cpp.new "${source}")
  file(COPY_FILE ${folder}/${identifier}.cpp.new ${folder}/${identifier}.cpp ONLY_IF_DIFFERENT)
  target_sources(${target} PRIVATE ${folder}/${identifier}.cpp)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
