// What a shell runs to complete a command line: it asks `millrace __complete` with the words so far. Each answer is a word, a tab and what it
// does; `:files` and `:folders` leave it to the shell.

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

const BASH = `# millrace completion for bash: add to ~/.bashrc
#   source <(millrace completion bash)
_millrace() {
  local IFS=$'\\n' line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :files) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$current")) ;;
      :folders) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$current")) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(millrace __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _millrace millrace
`

const ZSH = `#compdef millrace
# millrace completion for zsh: add to ~/.zshrc, behind compinit
#   source <(millrace completion zsh)
_millrace() {
  local line
  local -a found
  for line in "\${(@f)$(millrace __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :files) _files ;;
      :folders) _files -/ ;;
      ?*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  if (( \${#found} )); then _describe millrace found; fi
}
compdef _millrace millrace
`

const FISH = `# millrace completion for fish: save as ~/.config/fish/completions/millrace.fish
function __millrace_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (millrace __complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':files'
        __fish_complete_path (commandline -ct)
      case ':folders'
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c millrace -f -a '(__millrace_complete)'
`

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
