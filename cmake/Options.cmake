# One INTERFACE target carries every flag; each target of ours links it.
add_library(cvdesk_options INTERFACE)
target_include_directories(cvdesk_options INTERFACE ${CMAKE_SOURCE_DIR}/lib)
target_compile_definitions(cvdesk_options INTERFACE CVDESK_VERSION="${PROJECT_VERSION}")
target_compile_options(cvdesk_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -Wcast-qual -Wformat=2 -Wundef -Wvla -Werror
  # False alarms of GCC 12 in std::string's operator+ (GCC bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

set(CVDESK_SANITIZE "" CACHE STRING "address,undefined | thread | empty")
if(CVDESK_SANITIZE)
  target_compile_options(cvdesk_options INTERFACE
    -fsanitize=${CVDESK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(cvdesk_options INTERFACE -fsanitize=${CVDESK_SANITIZE})
  target_compile_definitions(cvdesk_options INTERFACE CVDESK_SANITIZED)
  # GCC 12 sees ghosts in <regex> and the like once the sanitizers have been at the code.
  target_compile_options(cvdesk_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
else()
  target_compile_options(cvdesk_options INTERFACE
    -fstack-protector-strong -fstack-clash-protection -fcf-protection
    $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
  target_link_options(cvdesk_options INTERFACE -Wl,-z,relro,-z,now)
endif()
target_compile_definitions(cvdesk_options INTERFACE _GLIBCXX_ASSERTIONS)

option(CVDESK_COVERAGE "Instrument for coverage" OFF)
if(CVDESK_COVERAGE)
  target_compile_options(cvdesk_options INTERFACE --coverage)
  target_link_options(cvdesk_options INTERFACE --coverage)
endif()
if(CVDESK_FUZZ)
  target_compile_options(cvdesk_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Relative to this checkout, so that another one (a clean clone for the tests) finds what this one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

# cvdesk_library(core PUBLIC a b PRIVATE c): the static library of one folder of lib/.
function(cvdesk_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(cvdesk_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(cvdesk_${name} PUBLIC cvdesk_options ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
endfunction()
