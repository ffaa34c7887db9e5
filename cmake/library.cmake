# The C++ library: sluice_client and the modules below it, as static libraries, with the headers of
# include/sluice. `cmake --install BUILD --component library --prefix DIR` puts them there.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Every module of ours that a target is made of, itself included.
function(sluice_modules_of target out)
  set(found ${target})
  get_target_property(needs ${target} INTERFACE_LINK_LIBRARIES)
  foreach(need ${needs})
    if(need MATCHES "^sluice_")
      sluice_modules_of(${need} more)
      list(APPEND found ${more})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES found)
  set(${out} ${found} PARENT_SCOPE)
endfunction()

if(TARGET sluice_client)
  add_library(sluice::sluice ALIAS sluice_client)
  set_target_properties(sluice_client PROPERTIES EXPORT_NAME sluice)
  # The public headers are C++20, so that a program need not be built as we are.
  target_compile_features(sluice_client INTERFACE cxx_std_20)

  sluice_modules_of(sluice_client modules)
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)
  install(TARGETS ${modules} EXPORT sluice ARCHIVE COMPONENT library)
  install(EXPORT sluice NAMESPACE sluice:: FILE sluice-targets.cmake DESTINATION ${package_dir}
          COMPONENT library)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sluice TYPE INCLUDE COMPONENT library)
  configure_package_config_file(cmake/sluice-config.cmake.in
    ${PROJECT_BINARY_DIR}/sluice-config.cmake INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/sluice-config-version.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/sluice-config.cmake
                ${PROJECT_BINARY_DIR}/sluice-config-version.cmake
          DESTINATION ${package_dir} COMPONENT library)
endif()
