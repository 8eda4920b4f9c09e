# Where Debian expects things. The unit, the sudo rule and the program itself name these places, so there is one
# layout: the prefix is /usr unless somebody insists.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set_property(CACHE CMAKE_INSTALL_PREFIX PROPERTY VALUE /usr)
endif()

install(TARGETS cvdesk RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS cvdeskd RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})

install(FILES systemd/cvdeskd.service DESTINATION lib/systemd/system)
install(FILES systemd/cvdesk.sysusers DESTINATION lib/sysusers.d RENAME cvdesk.conf)
install(FILES systemd/cvdesk.tmpfiles DESTINATION lib/tmpfiles.d RENAME cvdesk.conf)
# sudo reads no rule that others may write, and no file with a dot in its name.
install(FILES systemd/cvdesk.sudoers DESTINATION /etc/sudoers.d RENAME cvdesk PERMISSIONS OWNER_READ GROUP_READ)

install(DIRECTORY config/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/cvdesk)
install(FILES config/cvdesk.example.toml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md PATTERN man EXCLUDE)

# cvdesk_manual_page(cvdesk.1): docs/man/cvdesk.1.scd, built with everything else.
find_program(SCDOC scdoc REQUIRED)
find_program(GZIP gzip REQUIRED)
set(manual_pages "")
function(cvdesk_manual_page name)
  set(source ${CMAKE_SOURCE_DIR}/docs/man/${name}.scd)
  set(page ${CMAKE_BINARY_DIR}/man/${name}.gz)
  # Through a plain file: in a pipe, scdoc's own failure would go unnoticed.
  add_custom_command(OUTPUT ${page}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
    COMMAND sh -c "${SCDOC} < ${source} > man/${name} && ${GZIP} -9nf man/${name}"
    DEPENDS ${source} WORKING_DIRECTORY ${CMAKE_BINARY_DIR} VERBATIM)
  set(manual_pages ${manual_pages} ${page} PARENT_SCOPE)
  string(REGEX REPLACE ".*\\." "" section ${name})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endfunction()
cvdesk_manual_page(cvdesk.1)
cvdesk_manual_page(cvdesk.toml.5)
cvdesk_manual_page(cvdeskd.8)
add_custom_target(man ALL DEPENDS ${manual_pages})
